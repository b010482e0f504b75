# Fits one stepped wedge after another with lme4; called by diagnose_speed.py.
# Arguments: folder with design.csv (team, period, treated) and outcomes.bin (doubles, authority by authority), how many.
# Where ratios.csv is there too, each fit is made at that ratio of the two spreads and not searched for.
# Writes lme4.csv (estimate, std_error, REML criterion) and prints the seconds of processor time and of the clock that the fits took.
suppressMessages(library(lme4))
args <- commandArgs(trailingOnly = TRUE)
design <- read.csv(file.path(args[1], "design.csv"))
count <- as.integer(args[2])
given <- file.path(args[1], "ratios.csv")
ratios <- if (file.exists(given)) read.csv(given)$ratio else NULL
control <- if (is.null(ratios)) lmerControl() else lmerControl(optimizer = NULL)
design$period <- factor(design$period)
design$team <- factor(design$team)
file <- file(file.path(args[1], "outcomes.bin"), "rb")
answers <- matrix(NA_real_, count, 3)
spent <- c(0, 0)
for (i in seq_len(count)) {
  design$outcome <- readBin(file, "double", nrow(design))
  from <- proc.time()
  fit <- lmer(outcome ~ period + treated + (1 | team), design, control = control, start = ratios[i])
  answers[i, 1:2] <- c(fixef(fit)["treated"], sqrt(vcov(fit)["treated", "treated"]))
  spent <- spent + (proc.time() - from)[c("user.self", "elapsed")]
  answers[i, 3] <- REMLcrit(fit)
}
close(file)
colnames(answers) <- c("estimate", "std_error", "criterion")
write.csv(format(answers, digits = 17), file.path(args[1], "lme4.csv"), row.names = FALSE, quote = FALSE)
cat(spent[1], spent[2], as.character(packageVersion("lme4")), sub("R version ", "", R.version.string), sep = "\n")
