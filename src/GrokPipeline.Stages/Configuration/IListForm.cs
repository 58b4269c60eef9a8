namespace GrokPipeline.Stages.Configuration;

/// <summary>A type that is read from text and may be written as a list of scalars too; the schema says so.</summary>
internal interface IListForm;
