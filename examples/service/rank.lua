-- For wrk: a user's best ten. wrk -t1 -c16 -d10s --latency -s examples/service/rank.lua http://127.0.0.1:8080/rank
wrk.method = "POST"
wrk.body = '{"user": "42", "top": 10}'
