/* What a country's law calls its tenures, where the words of our languages for the Swedish ones would mislead. */
#ifndef KEDJA_BASE_TENURE_TERMS_H
#define KEDJA_BASE_TENURE_TERMS_H

/* The country's own term for a kj_tenure, a name that is not translated: "almen". NULL: none, say it in the reader's language. */
const char *kj_tenure_term(const char *country, int tenure);

#endif
