using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class LargeDatasetTests
{
    [Fact]
    public void What_is_made_by_pieces_is_what_is_made_at_once_card_included()
    {
        // 24,000 rows of 1,600 features are 38 million numbers: more than are held.
        var spec = Spec(train: 400, test: 24_000);
        var (whole, sink) = (DatasetBuilder.Build(spec), new Sink());
        Assert.Equal(whole.Card.ToJson(), DatasetBuilder.Write(spec, sink).ToJson());
        Assert.Equal(["train", "test", "shifted"], sink.Seen.Keys);
        Assert.True(sink.Seen["test"] > 5);
        Assert.Equal((1, 1), (sink.Seen["train"], sink.Seen["shifted"]));
        // All that stands in the metadata, but the hash that is known last.
        Assert.Equal(whole.Splits["test"].Metadata.Where(pair => pair.Key != "grokpipeline.content").OrderBy(pair => pair.Key),
            sink.Metadata.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void A_shift_that_asks_for_rows_that_are_not_held_is_refused()
    {
        var spec = Spec(train: 400, test: 24_000) with { Shifts = [new("noisy", "label_noise", new LabelNoiseOptions { Of = "test" })] };
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Write(spec, new Sink()));
        Assert.Equal(("shifts.noisy", "Let the shift work on a smaller split, or give test fewer rows."), (error.Where, error.Remedy));
    }

    [Fact]
    public void Few_rows_of_very_many_features_are_made_by_pieces_too()
    {
        // 424 rows of 80,000 features are 34 million numbers.
        var (sink, spec) = (new Sink(), new DatasetSpec
        {
            Use = "xor_clusters",
            With = new XorClustersOptions(),
            Split = new() { Train = new() { Rows = 4 }, Test = new() { Rows = 424 } },
        });
        DatasetBuilder.Write(spec, sink);
        Assert.Equal(1, sink.Seen["train"]);
        Assert.True(sink.Seen["test"] > 5);
    }

    [Fact]
    public void A_small_dataset_is_handed_on_as_it_is_built()
    {
        var (spec, sink) = (Specs.Gaussian(shifts: [Specs.Shifted()]), new Sink());
        Assert.Equal(DatasetBuilder.Build(spec).Card.ToJson(), DatasetBuilder.Write(spec, sink).ToJson());
        Assert.Equal(["train", "validation", "test", "shifted"], sink.Seen.Keys);
    }

    private static DatasetSpec Spec(int train, int test) => new()
    {
        Use = "gaussian_subclasses",
        With = new GaussianSubclassesOptions { Positions = 8, Dimensions = 200 },
        Split = new()
        {
            Train = new() { Rows = train, ShiftedPerClass = 1, SubclassRate = 0.2 },
            Test = new() { Rows = test },
        },
        Shifts = [Specs.Shifted()],
    };

    private sealed class Sink : IDatasetSink
    {
        public OrderedDictionary<string, int> Seen { get; } = [];

        public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

        public void Write(string name, Table table) => Seen.Add(name, 1);

        public string Write(string name, TableSchema schema, IEnumerable<Table> pieces, IReadOnlyDictionary<string, string> metadata)
        {
            Table[] all = [.. pieces];
            Assert.All(all, piece => Assert.Equal(schema, piece.Schema));
            Seen.Add(name, all.Length);
            Metadata = metadata;
            return ContentHash.Of(Table.Of(
                ColumnValues.Of("row", [.. all.SelectMany(piece => piece.Int64("row").ToArray())]),
                ColumnValues.Vector("x", schema["x"].Width, [.. all.SelectMany(piece => piece.Vector("x").ToArray())]),
                ColumnValues.Of("label", [.. all.SelectMany(piece => piece.Int64("label").ToArray())]),
                ColumnValues.Of("subclass", [.. all.SelectMany(piece => piece.Int64("subclass").ToArray())])));
        }
    }
}
