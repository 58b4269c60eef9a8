namespace GrokPipeline.Probes;

/// <summary>
/// The logits of all pairs (a, b), cut into the parts that waves of the result a ± b make of them (Nanda et al. 2023, section 5.1).
/// </summary>
internal sealed class SumLogits
{
    private readonly InputGrid _grid;
    private readonly float[] _logits;                         // [p², p]
    private readonly double[] _bySum;                         // [p, p]: logits summed over the pairs of a result
    private readonly double[] _means;                         // [p]: over pairs
    private readonly double[][] _cosines;                     // [frequency − 1][class]: Σ over pairs of cos · logit
    private readonly double[][] _sines;

    /// <summary>Projects logits.</summary>
    /// <exception cref="GrokException">A logit is not finite.</exception>
    public SumLogits(InputGrid grid, int sign, Activation logits)
    {
        var p = grid.Modulus;
        (_grid, _logits) = (grid, logits.Values);
        Finite.Require(_logits, logits.Width, ProbedCheckpoint.Logits, "progress");
        Sums = [.. Enumerable.Range(0, p * p).Select(pair => grid.Sum(pair, sign))];
        (_bySum, _means) = (new double[p * p], new double[p]);
        for (var pair = 0; pair < Sums.Length; pair++)
        {
            for (var c = 0; c < p; c++) { _bySum[(Sums[pair] * p) + c] += _logits[(pair * p) + c]; }
        }
        for (var c = 0; c < p; c++)
        {
            for (var s = 0; s < p; s++) { _means[c] += _bySum[(s * p) + c]; }
            _means[c] /= p * p;
        }
        (_cosines, _sines) = (new double[grid.Waves.Highest][], new double[grid.Waves.Highest][]);
        for (var k = 1; k <= _cosines.Length; k++)
        {
            (_cosines[k - 1], _sines[k - 1]) = (new double[p], new double[p]);
            for (var s = 0; s < p; s++)
            {
                var at = grid.Waves.At(k, s);
                for (var c = 0; c < p; c++)
                {
                    _cosines[k - 1][c] += grid.Waves.Cosines[at] * _bySum[(s * p) + c];
                    _sines[k - 1][c] += grid.Waves.Sines[at] * _bySum[(s * p) + c];
                }
            }
        }
    }

    /// <summary>The result of each pair.</summary>
    public int[] Sums { get; }

    private int P => _grid.Modulus;

    /// <summary>The share of each frequency from 1 in the power of all; zeros when there is none.</summary>
    public double[] Shares()
    {
        var power = Power();
        var total = power.Sum();
        return [.. power.Select(value => total == 0 ? 0 : value / total)];
    }

    /// <summary>The share of the variance over pairs that depends on the result alone, in [0, 1]; NaN when there is no variance.</summary>
    public double SumShare()
    {
        double total = 0;
        for (var i = 0; i < _logits.Length; i++)
        {
            var centred = _logits[i] - _means[i % P];
            total += centred * centred;
        }
        return total == 0 ? double.NaN : Power().Sum() / total;
    }

    /// <summary>
    /// Cosine similarity of the logits, without each class's mean, with cos(2πk(s − class)/p); NaN when they have no variance.
    /// </summary>
    public double Cosine(int k)
    {
        double product = 0, squares = 0;
        for (var c = 0; c < P; c++)
        {
            var at = _grid.Waves.At(k, c);                    // cos k(s − c) = cos ks · cos kc + sin ks · sin kc
            product += (_grid.Waves.Cosines[at] * _cosines[k - 1][c]) + (_grid.Waves.Sines[at] * _sines[k - 1][c]);
        }
        for (var i = 0; i < _logits.Length; i++)
        {
            var centred = _logits[i] - _means[i % P];
            squares += centred * centred;
        }
        // The wave's own squares: over p values of s and p classes, each pair of results p times.
        return squares == 0 ? double.NaN : product / Math.Sqrt(squares * P * P * P / 2.0);
    }

    /// <summary>The logits themselves, [p², p].</summary>
    public float[] Full() => _logits;

    /// <summary>The parts at some frequencies and the mean over pairs, [p², p].</summary>
    public float[] Restricted(int[] frequencies)
    {
        var (part, result) = (Part(frequencies), new float[_logits.Length]);
        for (var i = 0; i < result.Length; i++) { result[i] = (float)(part[(Sums[i / P] * P) + (i % P)] + _means[i % P]); }
        return result;
    }

    /// <summary>The logits without the parts at some frequencies, [p², p].</summary>
    public float[] Excluded(int[] frequencies)
    {
        var (part, result) = (Part(frequencies), new float[_logits.Length]);
        for (var i = 0; i < result.Length; i++) { result[i] = (float)(_logits[i] - part[(Sums[i / P] * P) + (i % P)]); }
        return result;
    }

    // The squared length of the projection on both waves of each frequency: they have length p/√2 over the p² pairs.
    private double[] Power()
    {
        var power = new double[_cosines.Length];
        for (var k = 0; k < power.Length; k++)
        {
            for (var c = 0; c < P; c++) { power[k] += (_cosines[k][c] * _cosines[k][c]) + (_sines[k][c] * _sines[k][c]); }
            power[k] *= 2.0 / (P * P);
        }
        return power;
    }

    // [result, class].
    private double[] Part(int[] frequencies)
    {
        var part = new double[P * P];
        foreach (var k in frequencies)
        {
            for (var s = 0; s < P; s++)
            {
                var at = _grid.Waves.At(k, s);
                var (cosine, sine) = (2.0 / (P * P) * _grid.Waves.Cosines[at], 2.0 / (P * P) * _grid.Waves.Sines[at]);
                for (var c = 0; c < P; c++) { part[(s * P) + c] += (cosine * _cosines[k - 1][c]) + (sine * _sines[k - 1][c]); }
            }
        }
        return part;
    }
}
