using System.Globalization;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>Counts and losses by the value of an integer: per class, per group.</summary>
internal sealed class RateSums
{
    /// <summary>More different values than this are no groups.</summary>
    internal const int MostValues = 100_000;

    private readonly Dictionary<long, Sums> _values = [];

    /// <summary>The values that have rows, ascending.</summary>
    public IEnumerable<KeyValuePair<long, Sums>> Values => _values.OrderBy(pair => pair.Key);

    /// <summary>Adds a row.</summary>
    /// <exception cref="GrokException">There are too many values for groups.</exception>
    public void Add(long value, bool correct, double loss)
    {
        if (!_values.TryGetValue(value, out var sums))
        {
            if (_values.Count == MostValues)
            {
                throw new GrokException(
                    string.Create(CultureInfo.InvariantCulture, $"the column of groups has more than {MostValues:N0} different values."),
                    "Name a column of few values, such as subclass.");
            }
            _values.Add(value, sums = new Sums());
        }
        sums.Rows++;
        sums.Correct += correct ? 1 : 0;
        sums.Loss += loss;
    }

    /// <summary>What is known of one value.</summary>
    internal sealed class Sums
    {
        /// <summary>Rows.</summary>
        public long Rows { get; set; }

        /// <summary>Those predicted right.</summary>
        public long Correct { get; set; }

        /// <summary>Σ of losses.</summary>
        public double Loss { get; set; }
    }
}
