-- For wrk: one pair. wrk -t1 -c16 -d10s --latency -s examples/service/predict.lua http://127.0.0.1:8080/predict
wrk.method = "POST"
wrk.body = '[{"user_id": "42", "movie_title": "Speed (1994)"}]'
