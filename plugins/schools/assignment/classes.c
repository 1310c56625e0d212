#include "classes.h"

int32_t classes_kept(int32_t pupils, int32_t classes_before, int32_t cap, int32_t cap_special)
{
    int32_t needed = classes_needed(pupils, cap);
    if (needed <= classes_before) return needed;
    return classes_before > 0 && pupils <= classes_before * cap_special ? classes_before : needed;
}
