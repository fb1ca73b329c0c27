# Provides TBB::tbb, and OneDNN::tbb: a oneDNN >= 3.2 that runs on that same TBB.
#
# An installed oneDNN is taken when its threading runtime is TBB and a program links with it (Debian's own is
# built for OpenMP, and is not). Otherwise pip fetches the wheels pinned in onednn-wheels.txt at configure
# time, and they are unpacked under the build tree; nothing is installed on the machine.
#
# GRADUS_WHEEL_DIR=<folder>  see DownloadWheels.cmake
# dnnl_DIR, TBB_DIR, CMAKE_PREFIX_PATH  as usual
include_guard(GLOBAL)
include(cmake/DownloadWheels.cmake)

# Sets <result> to whether the installed oneDNN, if any, can be taken; DNNL::dnnl is then that one.
macro(_onednn_find_installed result)
  set(${result} FALSE)
  find_package(dnnl 3.2 CONFIG QUIET)
  if(dnnl_FOUND AND NOT DNNL_CPU_THREADING_RUNTIME STREQUAL "TBB")
    message(STATUS "oneDNN ${dnnl_VERSION} in ${dnnl_DIR} is not taken: its threading runtime is "
                   "${DNNL_CPU_THREADING_RUNTIME}, not TBB")
  elseif(dnnl_FOUND)
    include(CheckCXXSourceCompiles)
    unset(ONEDNN_INSTALLED_LINKS CACHE)  # dnnl_DIR may have changed since the last configure
    set(CMAKE_REQUIRED_LIBRARIES DNNL::dnnl)
    set(CMAKE_REQUIRED_QUIET TRUE)
    check_cxx_source_compiles("#include <oneapi/dnnl/dnnl.hpp>
      int main() { return dnnl_version()->cpu_runtime == DNNL_RUNTIME_TBB ? 0 : 1; }"
      ONEDNN_INSTALLED_LINKS)
    unset(CMAKE_REQUIRED_LIBRARIES)
    unset(CMAKE_REQUIRED_QUIET)
    set(${result} ${ONEDNN_INSTALLED_LINKS})
    if(NOT ONEDNN_INSTALLED_LINKS)
      message(STATUS "oneDNN ${dnnl_VERSION} in ${dnnl_DIR} is not taken: no program links with it")
    endif()
  endif()
endmacro()

# Unpacks the wheels in <folder> into <prefix>: headers, one libdnnl with its links, licences.
function(_onednn_unpack folder prefix)
  file(GLOB wheels "${folder}/*.whl")
  foreach(wheel IN LISTS wheels)
    file(ARCHIVE_EXTRACT INPUT "${wheel}" DESTINATION "${folder}")
  endforeach()
  file(GLOB trees "${folder}/*.data/data")
  foreach(tree IN LISTS trees)
    file(COPY "${tree}/" DESTINATION "${prefix}")
  endforeach()
  # A wheel holds copies of the library in place of symbolic links.
  foreach(link libdnnl.so libdnnl.so.3)
    file(REMOVE "${prefix}/lib/${link}")
    file(CREATE_LINK libdnnl.so.3.2 "${prefix}/lib/${link}" SYMBOLIC)
  endforeach()
endfunction()

# The wheel's libdnnl lists two run-time libraries of Intel's compiler as NEEDED, which no wheel under a free
# licence holds. All that it takes from them is two functions beside those of libm, so stand-ins serve.
function(_onednn_build_stand_ins prefix)
  file(WRITE "${prefix}/src/imf.c" "/* libm serves every function that libdnnl takes from libimf. */\n")
  file(WRITE "${prefix}/src/intlc.c" "#include <string.h>\n"
    "void *_intel_fast_memcpy(void *to, const void *from, size_t n) { return memcpy(to, from, n); }\n"
    "void *_intel_fast_memset(void *to, int value, size_t n) { return memset(to, value, n); }\n")
  foreach(pair "imf.c libimf.so" "intlc.c libintlc.so.5")
    separate_arguments(pair)
    list(GET pair 0 source)
    list(GET pair 1 library)
    execute_process(
      COMMAND "${CMAKE_CXX_COMPILER}" -x c -O2 -fPIC -shared "${prefix}/src/${source}"
              -o "${prefix}/lib/${library}" "-Wl,-soname,${library}" -Wl,--no-as-needed -lm
      RESULT_VARIABLE status ERROR_VARIABLE error)
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "Could not build ${library}, which oneDNN needs:\n${error}")
    endif()
  endforeach()
endfunction()

# Sets <result> to the folder under the build tree that holds the oneDNN of the pinned wheels.
function(_onednn_fetch result)
  if(NOT (CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$"))
    message(FATAL_ERROR "oneDNN is missing, and its wheels are for x86-64 Linux alone: pass "
      "-Ddnnl_DIR=<prefix>/lib/cmake/dnnl of a oneDNN >= 3.2 built with ONEDNN_CPU_RUNTIME=TBB.")
  endif()
  file(SHA256 "${PROJECT_SOURCE_DIR}/cmake/onednn-wheels.txt" key)
  string(SUBSTRING "${key}" 0 12 key)
  set(prefix "${PROJECT_BINARY_DIR}/_deps/onednn-${key}")
  if(NOT EXISTS "${prefix}/complete")
    set(folder "${PROJECT_BINARY_DIR}/_deps/onednn-wheels")
    file(REMOVE_RECURSE "${folder}" "${prefix}")
    file(MAKE_DIRECTORY "${folder}")
    message(STATUS "Fetching oneDNN: the wheels pinned in cmake/onednn-wheels.txt, 43 MB")
    download_wheels(oneDNN onednn-wheels.txt "${folder}" "or with -Ddnnl_DIR=<prefix>/lib/cmake/dnnl of a oneDNN "
      ">= 3.2 built with ONEDNN_CPU_RUNTIME=TBB")
    _onednn_unpack("${folder}" "${prefix}")
    _onednn_build_stand_ins("${prefix}")
    file(REMOVE_RECURSE "${folder}")
    file(TOUCH "${prefix}/complete")
  endif()
  set(${result} "${prefix}" PARENT_SCOPE)
endfunction()

# TBB comes first: the config file of an installed oneDNN looks for TBB, too, and then finds this one.
find_package(TBB 2021 CONFIG REQUIRED COMPONENTS tbb)

add_library(OneDNN::tbb INTERFACE IMPORTED GLOBAL)
target_link_libraries(OneDNN::tbb INTERFACE TBB::tbb)
_onednn_find_installed(_onednn_installed)
if(_onednn_installed)
  target_link_libraries(OneDNN::tbb INTERFACE DNNL::dnnl)
  set(ONEDNN_FETCHED_PREFIX "")
  message(STATUS "oneDNN ${dnnl_VERSION} in ${dnnl_DIR}, TBB ${TBB_VERSION} in ${TBB_DIR}")
else()
  _onednn_fetch(ONEDNN_FETCHED_PREFIX)
  # A target of its own and not the wheel's config file, since an installed oneDNN that was not taken may have
  # defined DNNL::dnnl above.
  add_library(OneDNN::fetched SHARED IMPORTED GLOBAL)
  set_target_properties(OneDNN::fetched PROPERTIES
    IMPORTED_LOCATION "${ONEDNN_FETCHED_PREFIX}/lib/libdnnl.so.3.2"
    IMPORTED_SONAME libdnnl.so.3
    INTERFACE_INCLUDE_DIRECTORIES "${ONEDNN_FETCHED_PREFIX}/include"
    # libdnnl has no RUNPATH of its own, and a program's RUNPATH does not reach what its libraries need; an
    # RPATH does, and the linker finds the stand-ins by it, too.
    INTERFACE_LINK_OPTIONS "LINKER:--disable-new-dtags")
  target_link_libraries(OneDNN::tbb INTERFACE OneDNN::fetched)
  message(STATUS "oneDNN 3.2.0 in ${ONEDNN_FETCHED_PREFIX}, TBB ${TBB_VERSION} in ${TBB_DIR}")
endif()
