using GrokPipeline.Data.Generators;

namespace GrokPipeline.Data;

/// <summary>The generators that a pipeline file may name.</summary>
public static class Datasets
{
    /// <summary>By name. A generator is made only from options without problems.</summary>
    public static Catalogue<Dataset> All { get; } = new("dataset")
    {
        { "modular_arithmetic", (ModularArithmeticOptions options) => new ModularArithmetic(options) },
        { "permutations", (PermutationsOptions options) => new Permutations(options) },
        { "integer_sums", (IntegerSumsOptions options) => new IntegerSums(options) },
        { "lists", (ListsOptions options) => new Lists(options) },
        { "digit_addition", (DigitAdditionOptions options) => new DigitAddition(options) },
        { "sparse_parity", (SparseParityOptions options) => new SparseParity(options) },
        { "hidden_bits", (HiddenBitsOptions options) => new HiddenBits(options) },
        { "gaussian_subclasses", (GaussianSubclassesOptions options) => new GaussianSubclasses(options) },
        { "parquet", (ParquetOptions options) => new ParquetRows(options) },
        { "digits", (DigitsOptions options) => new Digits(options) },
        { "xor_clusters", (XorClustersOptions options) => new XorClusters(options) },
        { "teacher_student", (TeacherStudentOptions options) => new TeacherStudent(options) },
        { "polynomial", (PolynomialOptions options) => new Polynomial(options) },
        { "fixed_features", (FixedFeaturesOptions options) => new FixedFeatures(options) },
    };

    /// <summary>The generator of a dataset.</summary>
    /// <param name="spec">Of a known name, with options without problems.</param>
    /// <exception cref="GrokException">There is no generator of that name.</exception>
    public static Dataset Make(DatasetSpec spec)
    {
        var made = All.Find(spec.Use).Make(spec.With);
        return spec.Answer is { Form: AnswerForm.WithEnd } answer && made is ListedDataset listed
            ? new EndedAnswers(listed, answer.Vocabulary) : made;
    }
}
