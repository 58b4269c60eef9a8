-- Over all experiments of a folder. `grokpipe query "SELECT …"` runs one of them at a time.

-- How does accuracy on each distribution change from before the model grokked to the end?
SELECT experiment, distribution,
       max(value) FILTER (mark = 'before_grok') AS before, max(value) FILTER (mark = 'final') AS final
FROM evaluation WHERE metric = 'accuracy' AND "group" = 'all' GROUP BY ALL ORDER BY ALL;

-- At which step did train and validation first reach 99 %?
SELECT experiment, split, min(step) AS step
FROM metrics WHERE metric = 'accuracy' AND value >= 0.99 GROUP BY ALL ORDER BY ALL;

-- What did the probes find at each checkpoint?
SELECT experiment, mark, probe, target, name, value FROM probes ORDER BY ALL LIMIT 40;
