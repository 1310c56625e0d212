-- An example of a forum's goals: headings of their own, goals in words, and the indicators that stand for them (`kedja rank --indicators`).
-- kedja rank scripts/goals/forum.lua base=BASE.nc dense=DENSE.nc --votes VOTES.csv
-- Beside these fields, where wanted: direction ("more", "less") if an indicator is neither good nor bad by itself; worst and best, fixed ends,
-- else the worst and best of the scenarios count as 0 and 1 (of two scenarios: of all years of their runs); share, of several indicators of one goal.
goal { heading = "Geography", goal = "Short ways to school", indicator = "mean_walk" }
goal { heading = "Geography", goal = "Short ways to school", indicator = "at_nearest" }
goal { heading = "Geography", goal = "Green land nearby", indicator = "near_green" }
goal { heading = "Demography", goal = "More inhabitants", indicator = "population", direction = "more" }
goal { heading = "Demography", goal = "Fewer to provide for", indicator = "dependency_ratio" }
goal { heading = "Democracy", goal = "A place for every association", indicator = "evening_hours" }
goal { heading = "Equality", goal = "A home for everyone", indicator = "lodging" }
goal { heading = "Equality", goal = "Rents that people can pay", indicator = "strained" }
goal { heading = "Equality", goal = "Room enough", indicator = "crowded" }
goal { heading = "Sustainability", goal = "Farmland kept", indicator = "farmland" }
goal { heading = "Sustainability", goal = "Less CO2 from travel", indicator = "co2" }
goal { heading = "Sustainability", goal = "A sound economy", indicator = "result_each" }
