#include "framework/experiment/program.h"
#include "models/catalogue.h"

int main(int argc, char** argv) { return gradus::experiment::run(argc, argv, gradus::models()); }
