#include "framework/experiment/machine.h"

#include <fstream>
#include <string>
#include <thread>

#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"

namespace gradus::experiment {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

Json versions() {
  return Json::object({{"gradus", GRADUS_VERSION},
                       {"onednn", kernels::onednn_version()},
                       {"onednn_runtime", kernels::onednn_runtime()},
                       {"instruction_set", kernels::instruction_set()},
                       {"tbb", kernels::tbb_version()},
                       {"compiler", "g++ " __VERSION__}});
}

Json machine() {
  return Json::object({{"processor", processor()},
                       {"cores", std::thread::hardware_concurrency()},
                       {"threads", kernels::threads()}});
}

}  // namespace gradus::experiment
