-- Affordable share: a rent ceiling on part of the rental homes of the municipality's own projects.
--
-- Changes: the first rent of that share of the rental homes in projects of the housing programme (or of policies too) that have not been built.
-- Leaves alone: projects of developers, homes that stand, the number of homes and who may apply. What the owner forgoes is booked as
-- municipality.affordable_cost_sek, its value at the net yield: in Sweden the municipality or its company bears it.

policy {
  name = "affordable_share",
  title = { en = "Affordable share", sv = "Andel med lägre hyra", da = "Andel med lavere husleje" },
  sentence = {
    en = "Caps the rent of a share of the rental homes that the municipality has built.",
    sv = "Sätter ett tak för hyran i en andel av de hyresrätter som kommunen låter bygga.",
    da = "Sætter loft over huslejen i en andel af de lejeboliger, som kommunen lader bygge.",
  },
  lever = {
    se = "Ingen inkluderande zonering: villkor vid markanvisning på kommunal mark, eller det egna bostadsbolaget (lag 2010:879).",
    dk = "Lokalplan kan kræve op til 25 % almene boliger i nye boligområder (planloven § 15).",
  },
  changes = {
    en = "project.n_affordable and project.rent_ceiling of projects that have not started",
    sv = "project.n_affordable och project.rent_ceiling för projekt som inte har börjat",
    da = "project.n_affordable og project.rent_ceiling for projekter, der ikke er begyndt",
  },
  leaves = {
    en = "projects of developers, standing homes, the number of homes",
    sv = "byggherrars egna projekt, hus som står, antalet bostäder",
    da = "bygherrers egne projekter, boliger der står, antallet af boliger",
  },
  parameters = {
    {
      name = "share", unit = "1", default = 0.25, min = 0.0, max = 1.0,
      source = "assumed: the most that a Danish local plan may ask",
      title = { en = "Share of rental homes", sv = "Andel av hyresrätterna", da = "Andel af lejeboligerne" },
      sentence = { en = "Share of the rental homes that get a ceiling.", sv = "Andel av hyresrätterna som får ett tak.", da = "Andel af lejeboligerne, som får et loft." },
    },
    {
      name = "rent", unit = "SEK/month", default = 7000, min = 1000, max = 30000,
      source = "assumed: well below the 10 000 SEK that a new flat costs",
      title = { en = "Highest rent", sv = "Högsta hyra", da = "Højeste husleje" },
      sentence = { en = "First rent of such a home at most.", sv = "Högsta första hyra för en sådan bostad.", da = "Højeste første husleje for en sådan bolig." },
    },
    {
      name = "policy_projects", unit = "boolean", default = true,
      title = { en = "Also projects of policies", sv = "Även åtgärdernas projekt", da = "Også projekter fra tiltag" },
      sentence = {
        en = "Applies to projects that other policies add, not only to the programme.",
        sv = "Gäller projekt som andra åtgärder lägger till, inte bara programmet.",
        da = "Gælder projekter, som andre tiltag tilføjer, ikke kun programmet.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    for _, project in ipairs(city:projects()) do
      local own = project.kind == "programme" or (p.policy_projects and project.kind == "policy")
      local waits = project.stage == "planned" or project.stage == "appealed" or project.stage == "permitted"
      if own and waits and project.rental > 0 then
        city:set_affordable(project, math.floor(project.rental * p.share + 0.5), math.floor(p.rent))
      end
    end
  end,
}
