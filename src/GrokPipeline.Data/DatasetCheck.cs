using GrokPipeline.Data.ShiftKinds;

namespace GrokPipeline.Data;

/// <summary>Finds what is wrong with an entry of <c>datasets</c>, before anything is generated.</summary>
internal static class DatasetCheck
{
    internal static IEnumerable<OptionProblem> Problems(DatasetSpec spec)
    {
        if (Problem.Of(() => Datasets.All.Find(spec.Use), out var entry) is { } unknown) { return [new("use", unknown)]; }
        if (!entry!.OptionsType.IsInstanceOfType(spec.With))
        {
            return [new("with", $"{spec.Use} takes {entry.OptionsType.Name}, {spec.With.GetType().Name} was given.")];
        }
        var options = Under("with", spec.With.Problems()).ToList();
        if (options.Count > 0) { return options; }
        if (Problem.Of(() => entry.Make(spec.With), out var own) is { } made) { return [new("with", made)]; }
        var answers = Under("answer", (spec.Answer?.Problems() ?? []).Concat(spec.Answer?.Problems(own!) ?? [])).ToList();   // not null
        if (answers.Count > 0) { return answers; }
        var dataset = Datasets.Make(spec);
        var shifts = spec.Shifts.SelectMany((shift, i) => Problems(spec, dataset, shift, i));
        var train = spec.TrainShift.SelectMany((step, i) => StepProblems(spec, dataset, step, $"train_shift[{i}]"));
        return [.. Under("split", dataset.Problems(spec.Split)), .. train, .. shifts];
    }

    private static IEnumerable<OptionProblem> Problems(DatasetSpec spec, Dataset dataset, ShiftSpec shift, int index)
    {
        var path = $"shifts.{shift.Name}";
        if (!IsName(shift.Name))
        {
            return [new(path,
                $"'{shift.Name}' is no name; use letters, digits, '.', '_', '-', at most 64, beginning with a letter or digit.")];
        }
        if (shift.Name is "train" or "validation" or "test" || spec.Shifts.Take(index).Any(other => other.Name == shift.Name))
        {
            return [new(path, $"the name {shift.Name} is taken; give the shift another one.")];
        }
        return MadeProblems(shift.Kind, shift.Options, path, made => Under(path, made.Problems(dataset, spec.Split)))
            .Concat(shift.Then.SelectMany((step, i) => StepProblems(spec, dataset, step, $"{path}[{i + 1}]")));
    }

    // A step on rows that are there: only some kinds can be one.
    private static IEnumerable<OptionProblem> StepProblems(DatasetSpec spec, Dataset dataset, ShiftStep step, string path) =>
        MadeProblems(step.Kind, step.Options, path, made => made is RowShift rows
            ? Under(path, rows.StepProblems(dataset, spec.Split))
            : [new($"{path}.kind", $"{step.Kind} does not change rows that are there, so that it can only be a first step of shifts.")]);

    private static IEnumerable<OptionProblem> MadeProblems(
        string kind, IOptions given, string path, Func<Shift, IEnumerable<OptionProblem>> problems)
    {
        if (Problem.Of(() => Shifts.All.Find(kind), out var entry) is { } unknown) { return [new($"{path}.kind", unknown)]; }
        if (!entry!.OptionsType.IsInstanceOfType(given))
        {
            return [new(path, $"{kind} takes {entry.OptionsType.Name}, {given.GetType().Name} was given.")];
        }
        var options = given.Problems().ToList();
        return options.Count > 0 ? Under(path, options) : problems(entry.Make(given));
    }

    private static IEnumerable<OptionProblem> Under(string path, IEnumerable<OptionProblem> problems) =>
        problems.Select(problem => new OptionProblem($"{path}.{problem.Option}", problem.Problem));

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
