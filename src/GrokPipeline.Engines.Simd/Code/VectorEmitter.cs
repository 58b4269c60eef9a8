using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>
/// Writes vector instructions of one width into a dynamic method. Loops are written once, in terms of 16 lanes; a narrower machine runs
/// the same lanes in <see cref="Parts"/> instructions, so every width computes the same bits.
/// </summary>
internal sealed class VectorEmitter
{
    private readonly Type _class;
    private readonly Type _integers;
    private readonly Dictionary<string, MethodInfo> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<int, LocalBuilder> _constants = [];
    private readonly Stack<LocalBuilder> _free = [];
    private List<LocalBuilder>? _temporary;

    /// <summary>Writes into a method, in vectors as wide as this machine has.</summary>
    public VectorEmitter(ILGenerator il)
    {
        IL = il;
        (_class, Vector, _integers) = Lanes switch
        {
            16 => (typeof(Vector512), typeof(Vector512<float>), typeof(Vector512<int>)),
            8 => (typeof(Vector256), typeof(Vector256<float>), typeof(Vector256<int>)),
            _ => (typeof(Vector128), typeof(Vector128<float>), typeof(Vector128<int>)),
        };
    }

    /// <summary>Floats in one register: 16, 8 or 4.</summary>
    public static int Lanes { get; } = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Registers that make up 16 lanes.</summary>
    public static int Parts => 16 / Lanes;

    /// <summary>Where instructions go.</summary>
    public ILGenerator IL { get; }

    /// <summary>Floating-point operations written so far, a lane; a fused multiply-add is two, comparisons and bits are none.</summary>
    public int Operations { get; set; }

    /// <summary>The vector type.</summary>
    public Type Vector { get; }

    /// <summary>The machine's store of some lanes (address, mask, vector), or null when it has none.</summary>
    public MethodInfo? MaskedStore =>
        Lanes == 16 && Avx512F.IsSupported ? typeof(Avx512F).GetMethod(nameof(Avx512F.MaskStore), [typeof(float*), Vector, Vector])
        : Lanes == 8 && Avx.IsSupported ? typeof(Avx).GetMethod(nameof(Avx.MaskStore), [typeof(float*), Vector, Vector])
        : null;

    /// <summary>The machine's x·2ⁿ for whole n, rounded once (x, n), or null when it has none.</summary>
    public MethodInfo? Scale =>
        Lanes == 16 && Avx512F.IsSupported ? typeof(Avx512F).GetMethod(nameof(Avx512F.Scale), [Vector, Vector]) : null;

    /// <summary>Stores what is on the stack into a new variable.</summary>
    public LocalBuilder Keep()
    {
        var local = _free.TryPop(out var free) ? free : IL.DeclareLocal(Vector);
        _temporary?.Add(local);
        IL.Emit(OpCodes.Stloc, local);
        return local;
    }

    /// <summary>
    /// Writes something of which only the result is used later; its other variables are used again. The runtime's compiler stops to inline
    /// calls in a method of more than some hundred variables.
    /// </summary>
    public LocalBuilder Only(Func<LocalBuilder> write)
    {
        _temporary = [];
        var result = write();
        foreach (var local in _temporary)
        {
            if (local != result) { Release(local); }
        }
        _temporary = null;
        return result;
    }

    /// <summary>Lets a variable that nothing uses any more be used again.</summary>
    public void Release(LocalBuilder local) => _free.Push(local);

    /// <summary>A number in every lane, made once until <see cref="Forget"/>; not to be assigned to.</summary>
    public LocalBuilder Constant(float number)
    {
        var bits = BitConverter.SingleToInt32Bits(number);
        return _constants.TryGetValue(bits, out var known) ? known : _constants[bits] = Variable(number);
    }

    /// <summary>Makes constants anew from here on: after a label, where it is not sure that the code before has run.</summary>
    public void Forget() => _constants.Clear();

    /// <summary>A new variable with a number in every lane.</summary>
    public LocalBuilder Variable(float number)
    {
        IL.Emit(OpCodes.Ldc_R4, number);
        IL.Emit(OpCodes.Call, Method("Create", typeof(float)));
        var local = IL.DeclareLocal(Vector);
        IL.Emit(OpCodes.Stloc, local);
        return local;
    }

    /// <summary>The float on the stack in every lane.</summary>
    public LocalBuilder Splat()
    {
        IL.Emit(OpCodes.Call, Method("Create", typeof(float)));
        return Keep();
    }

    /// <summary>A function of vectors.</summary>
    public LocalBuilder Call(string name, params ReadOnlySpan<LocalBuilder> arguments)
    {
        var types = new Type[arguments.Length];
        for (var i = 0; i < types.Length; i++)
        {
            IL.Emit(OpCodes.Ldloc, arguments[i]);
            types[i] = Vector;
        }
        IL.Emit(OpCodes.Call, Method(name, types));
        Operations += name switch { "FusedMultiplyAdd" => 2, "Add" or "Subtract" or "Multiply" or "Divide" or "Sqrt" => 1, _ => 0 };
        return Keep();
    }

    /// <summary><c>target = source</c>.</summary>
    public void Copy(LocalBuilder source, LocalBuilder target)
    {
        IL.Emit(OpCodes.Ldloc, source);
        IL.Emit(OpCodes.Stloc, target);
    }

    /// <summary><c>a·b + c</c> with one rounding.</summary>
    public LocalBuilder Fma(LocalBuilder a, LocalBuilder b, LocalBuilder c) => Call("FusedMultiplyAdd", a, b, c);

    /// <summary><c>mask ? a : b</c>, lane by lane.</summary>
    public LocalBuilder Select(LocalBuilder mask, LocalBuilder a, LocalBuilder b) => Call("ConditionalSelect", mask, a, b);

    /// <summary><c>a &gt; b ? a : b</c>, so b when one is NaN: what the instruction of x86 does.</summary>
    public LocalBuilder Larger(LocalBuilder a, LocalBuilder b) =>
        X86Base.IsSupported ? Call("MaxNative", a, b) : Select(Call("GreaterThan", a, b), a, b);

    /// <summary><c>a &lt; b ? a : b</c>, so b when one is NaN.</summary>
    public LocalBuilder Smaller(LocalBuilder a, LocalBuilder b) =>
        X86Base.IsSupported ? Call("MinNative", a, b) : Select(Call("LessThan", a, b), a, b);

    /// <summary>The polynomial Σ cᵢ·xⁱ by Horner's rule in fused steps; coefficients from the highest power down.</summary>
    public LocalBuilder Polynomial(LocalBuilder x, params ReadOnlySpan<float> coefficients)
    {
        var sum = Constant(coefficients[0]);
        foreach (var coefficient in coefficients[1..]) { sum = Fma(sum, x, Constant(coefficient)); }
        return sum;
    }

    /// <summary>Lane i gets lane i ^ <paramref name="distance"/>, which is 1 or 2: no lane leaves its 128 bits.</summary>
    public LocalBuilder Exchange(LocalBuilder x, int distance)
    {
        IL.Emit(OpCodes.Ldloc, x);
        for (var lane = 0; lane < Lanes; lane++) { IL.Emit(OpCodes.Ldc_I4, lane ^ distance); }
        IL.Emit(OpCodes.Call, Method("Create", [.. Enumerable.Repeat(typeof(int), Lanes)]));
        IL.Emit(OpCodes.Call, Method("Shuffle", Vector, _integers));
        return Keep();
    }

    /// <summary>The bits shifted left as integers, plus a number: how powers of two are made.</summary>
    public LocalBuilder ShiftLeftAndAdd(LocalBuilder x, int shift, int add) => Shift(x, "ShiftLeft", shift, add);

    /// <summary>The bits shifted right with their sign, plus a number.</summary>
    public LocalBuilder ShiftRightAndAdd(LocalBuilder x, int shift, int add) => Shift(x, "ShiftRightArithmetic", shift, add);

    /// <summary>Difference of the bits as integers.</summary>
    public LocalBuilder IntegerSubtract(LocalBuilder a, LocalBuilder b)
    {
        AsIntegers(a);
        AsIntegers(b);
        IL.Emit(OpCodes.Call, Method("Subtract", _integers, _integers));
        return KeepIntegers();
    }

    /// <summary>The bits, as an integer, in floating point; exact below 2²⁴.</summary>
    public LocalBuilder IntegerToFloat(LocalBuilder x)
    {
        AsIntegers(x);
        IL.Emit(OpCodes.Call, Method("ConvertToSingle", _integers));
        return Keep();
    }

    /// <summary>One bit pattern in every lane.</summary>
    public LocalBuilder Bits(int pattern)
    {
        IL.Emit(OpCodes.Ldc_I4, pattern);
        IL.Emit(OpCodes.Call, Method("Create", typeof(int)));
        return KeepIntegers();
    }

    /// <summary>Loads the vector at the address on the stack.</summary>
    public LocalBuilder Load()
    {
        IL.Emit(OpCodes.Unaligned, (byte)4);
        IL.Emit(OpCodes.Ldobj, Vector);
        return Keep();
    }

    /// <summary>Stores a vector to the address that is on the stack.</summary>
    public void Store(LocalBuilder value)
    {
        IL.Emit(OpCodes.Ldloc, value);
        IL.Emit(OpCodes.Unaligned, (byte)4);
        IL.Emit(OpCodes.Stobj, Vector);
    }

    /// <summary>A static method of the vector class with these parameter types.</summary>
    public MethodInfo Method(string name, params Type[] parameters)
    {
        var key = name + string.Join(",", parameters.Select(type => type.ToString()));
        if (_methods.TryGetValue(key, out var known)) { return known; }
        foreach (var method in _class.GetMethods().Where(method => method.Name == name))
        {
            if (Fitting(method, parameters) is { } found) { return _methods[key] = found; }
        }
        throw new MissingMethodException(_class.Name, key);
    }

    private LocalBuilder Shift(LocalBuilder x, string name, int shift, int add)
    {
        AsIntegers(x);
        if (shift != 0)
        {
            IL.Emit(OpCodes.Ldc_I4, shift);
            IL.Emit(OpCodes.Call, Method(name, _integers, typeof(int)));
        }
        if (add != 0)
        {
            IL.Emit(OpCodes.Ldc_I4, add);
            IL.Emit(OpCodes.Call, Method("Create", typeof(int)));
            IL.Emit(OpCodes.Call, Method("Add", _integers, _integers));
        }
        return KeepIntegers();
    }

    private void AsIntegers(LocalBuilder x)
    {
        IL.Emit(OpCodes.Ldloc, x);
        IL.Emit(OpCodes.Call, Method("AsInt32", Vector));
    }

    private LocalBuilder KeepIntegers()
    {
        IL.Emit(OpCodes.Call, Method("AsSingle", _integers));
        return Keep();
    }

    private MethodInfo? Fitting(MethodInfo method, Type[] parameters)
    {
        if (method.GetParameters().Length != parameters.Length) { return null; }
        if (method.IsGenericMethodDefinition)
        {
            if (method.GetGenericArguments().Length != 1) { return null; }
            method = method.MakeGenericMethod(parameters.Contains(_integers) ? typeof(int) : typeof(float));
        }
        return method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(parameters) ? method : null;
    }
}
