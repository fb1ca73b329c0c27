# download_wheels(<what> <list> <folder> [<text>…]) fetches the wheels of <what> that cmake/<list> pins into <folder>;
# pip checks the hash of each. The text is what else may be done where that fails.
#
# GRADUS_WHEEL_DIR=<folder>  take all wheels from this folder: configure without a network
include_guard(GLOBAL)
set(GRADUS_WHEEL_DIR "" CACHE PATH "Folder with the wheels named in cmake/*-wheel*.txt, to configure without a network")

function(download_wheels what list folder)
  find_program(PIP_PROGRAM NAMES pip3 pip DOC "pip, which fetches wheels")
  if(NOT PIP_PROGRAM)
    message(FATAL_ERROR "${what} is to be fetched by pip, which is missing (Debian, Ubuntu: "
                        "apt-get install python3-pip).")
  endif()
  set(source)
  if(GRADUS_WHEEL_DIR)
    set(source --no-index --find-links "${GRADUS_WHEEL_DIR}")
  endif()
  execute_process(
    COMMAND "${PIP_PROGRAM}" download -qq --disable-pip-version-check --retries 2 --no-deps
            --only-binary=:all: --require-hashes ${source} -r "${PROJECT_SOURCE_DIR}/cmake/${list}"
            -d "${folder}"
    RESULT_VARIABLE status ERROR_VARIABLE error)
  if(NOT status EQUAL 0)
    string(REGEX MATCH "ERROR: [^\n]*" error "${error}")
    list(JOIN ARGN "" otherwise)
    if(otherwise)
      string(PREPEND otherwise ", ")
    endif()
    message(FATAL_ERROR "${what} is missing, and pip could not fetch its wheels (${error}; is there a network?). "
      "Without one, put the wheels named in cmake/${list} into a folder, and configure once with "
      "-DGRADUS_WHEEL_DIR=<folder>${otherwise}.")
  endif()
endfunction()
