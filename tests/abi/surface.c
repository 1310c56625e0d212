/* All that crosses the plugin border, so that a tool can write down its layout. */
#include <kedja/model.h>
#include <kedja/plugin.h>

#define VISIBLE __attribute__((visibility("default")))
VISIBLE extern const kj_plugin_def *surface_plugin;
VISIBLE extern const kj_register_v1 *surface_register;
VISIBLE extern const kj_run_v1 *surface_run;
VISIBLE extern const kj_space_v1 *surface_space;
const kj_plugin_def *surface_plugin;
const kj_register_v1 *surface_register;
const kj_run_v1 *surface_run;
const kj_space_v1 *surface_space;
