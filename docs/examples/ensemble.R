# Opens a run and an ensemble in R:  Rscript docs/examples/ensemble.R RUN.nc ENSEMBLE.nc
# Needs r-cran-ncdf4. R counts dimensions the other way round: [id, time, statistic].
library(ncdf4)
paths <- commandArgs(trailingOnly = TRUE)

run <- nc_open(paths[1])
cat("run:", ncatt_get(run, 0, "title")$value, "| state", ncatt_get(run, 0, "state_hash")$value, "\n")
years <- ncvar_get(run, "year")
population <- ncvar_get(run, "municipality/population", collapse_degen = FALSE) # [id, time]
print(data.frame(year = years, population = colSums(matrix(population, ncol = length(years)))))
nc_close(run)

ensemble <- nc_open(paths[2])
cat("\nits spread covers:", ncatt_get(ensemble, 0, "covers")$value, "\n")
years <- ncvar_get(ensemble, "year")
statistic <- c("n", "mean", "sd", "q05", "q10", "q25", "q50", "q75", "q90", "q95")
figures <- ncvar_get(ensemble, "all/municipality/population", collapse_degen = FALSE) # [id, time, statistic]
dimnames(figures) <- list(NULL, years, statistic)
print(round(figures[1, , c("n", "q10", "q50", "q90")]))

built <- grep("^built_", names(ensemble$var), value = TRUE)
last <- ncvar_get(ensemble, tail(built, 1)) # [x, y]
cat(tail(built, 1), ":", sum(last >= 0.8, na.rm = TRUE), "cells are built in at least 80 % of the members\n")
nc_close(ensemble)
