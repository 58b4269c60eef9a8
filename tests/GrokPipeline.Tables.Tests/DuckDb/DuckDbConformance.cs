using GrokPipeline.Tables.DuckDb;
using GrokPipeline.Testing;

namespace GrokPipeline.Tables.Tests.DuckDb;

public sealed class DuckDbConformance : TableStoreConformance<DuckDbStore>;
