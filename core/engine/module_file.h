/* The file of a plugin, before the loader maps it. */
#ifndef KEDJA_ENGINE_MODULE_FILE_H
#define KEDJA_ENGINE_MODULE_FILE_H

#include "../base/error.h"

/* KJ_E_INPUT for a file that is shorter than its own headers say: dlopen maps what they name, and what lies behind the end of a file kills the program
   when it is touched (SIGBUS). What is no ELF file of this machine at all passes: the loader refuses it in words. */
kj_status kj_module_file_check(kj_error *err, const char *path);

#endif
