// exactmean: the processor as it ships, without any step.

#include "processor/main.h"

int main(int argc, char** argv) { return exactmean::Main(argc, argv, {}); }
