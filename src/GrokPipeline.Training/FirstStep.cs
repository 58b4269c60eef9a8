using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Training;

/// <summary>The first step of a training, with its real rows and first values: for looking at the step without training.</summary>
public sealed class FirstStep
{
    private readonly TrainingPlan _plan;
    private readonly Feeder _feeder;
    private readonly HostInputs _host;

    /// <summary>Encodes the rows and builds the step.</summary>
    /// <param name="plan">What a training would do; only its rows of train are looked at.</param>
    /// <exception cref="GrokException">The rows do not fit the model.</exception>
    public FirstStep(TrainingPlan plan)
    {
        _plan = plan;
        Step = TrainingGraphs.StepOf(plan);
        _feeder = new(EncodedRows.Of(plan), Step.Batch, plan.Seed);
        _host = new(Step, plan.Seed, () => plan.Model.Initialize(plan.Seed));
    }

    /// <summary>The step.</summary>
    public TrainStep Step { get; }

    /// <summary>Writes all inputs into a session of the step's graph; the optimizer's state stays 0, as it is in a new one.</summary>
    public void WriteTo(ISession session)
    {
        foreach (var (name, tensor) in _plan.Model.Initialize(_plan.Seed)) { session.Write(name, tensor); }
        foreach (var (name, number) in _plan.Optimizer.SettingInputs()) { session.Write(name, Tensor.Scalar((float)number)); }
        var share = _plan.Schedule.Factor(1, _plan.Steps);
        foreach (var (name, full) in _plan.Optimizer.RateInputs()) { session.Write(name, Tensor.Scalar((float)(full * share))); }
        _host.Begin(session);
        _host.Feed(session, 0);
        _feeder.Feed(session, 0);
    }
}
