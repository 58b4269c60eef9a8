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
        { "sparse_parity", (SparseParityOptions options) => new SparseParity(options) },
        { "hidden_bits", (HiddenBitsOptions options) => new HiddenBits(options) },
        { "gaussian_subclasses", (GaussianSubclassesOptions options) => new GaussianSubclasses(options) },
        { "xor_clusters", (XorClustersOptions options) => new XorClusters(options) },
        { "teacher_student", (TeacherStudentOptions options) => new TeacherStudent(options) },
        { "polynomial", (PolynomialOptions options) => new Polynomial(options) },
        { "fixed_features", (FixedFeaturesOptions options) => new FixedFeatures(options) },
    };
}
