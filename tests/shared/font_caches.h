/* fontconfig and pango keep caches for the life of a program; LeakSanitizer takes them for leaks of ours. Include in the
   one source file of a test that draws text. */
#ifndef KEDJA_TESTS_FONT_CACHES_H
#define KEDJA_TESTS_FONT_CACHES_H

const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\n";
}

#endif
