/* The built-in model: the plugins that CMakeLists.txt names, linked in. */
#ifndef KEDJA_PLUGINS_BUILTINS_H
#define KEDJA_PLUGINS_BUILTINS_H

#include <kedja/plugin.h>

extern const kj_plugin_def *const kj_builtin_plugins[]; /* NULL-terminated */

#endif
