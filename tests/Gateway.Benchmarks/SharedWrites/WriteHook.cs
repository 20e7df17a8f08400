using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>
/// A class that is put into the runtime's own library, since nothing lies below that: a pointer to the recorder, empty until the startup hook sets it, a method that calls it, and for each operation that is counted a
/// method which tells its address and does it.
/// </summary>
internal sealed class WriteHook
{
    public const string TypeName = "System.Threading.BenchmarkedWrites";
    public const string RecorderName = "Recorder";

    private readonly ModuleDefinition _library;
    private readonly TypeDefinition _type;
    private readonly Dictionary<string, MethodDefinition> _counted = [];

    private WriteHook(ModuleDefinition library)
    {
        _library = library;
        var types = library.TypeSystem;
        _type = new TypeDefinition("System.Threading", "BenchmarkedWrites", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit, types.Object);
        library.Types.Add(_type);
        var recorder = new FieldDefinition(RecorderName, FieldAttributes.Public | FieldAttributes.Static, types.IntPtr);
        _type.Fields.Add(recorder);
        Count = NewMethod("Count", types.Void, [types.IntPtr, types.Int32]);
        var il = Count.Body.GetILProcessor();
        var call = il.Create(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldsfld, recorder);
        il.Emit(OpCodes.Brtrue, call);
        il.Emit(OpCodes.Ret);
        il.Append(call);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldsfld, recorder);
        il.Emit(OpCodes.Calli, new CallSite(types.Void) { Parameters = { new ParameterDefinition(types.IntPtr), new ParameterDefinition(types.Int32) } });
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Takes an address and a site.</summary>
    public MethodDefinition Count { get; }

    /// <summary>Adds the class to the runtime's library.</summary>
    public static WriteHook AddTo(ModuleDefinition library)
    {
        var hook = new WriteHook(library);
        foreach (var method in library.GetType("System.Threading.Interlocked").Methods.Where(m => m.IsPublic && m.Parameters is [{ ParameterType.IsByReference: true }, ..] && m.Name != "Read")) hook.Wrap(method);
        foreach (var method in library.GetType("System.Threading.Volatile").Methods.Where(m => m.Name == "Write")) hook.Wrap(method);
        foreach (var method in library.GetType("System.Threading.Monitor").Methods.Where(m => m.IsPublic && m.Name is "Enter" or "TryEnter" && m.Parameters[0].ParameterType.MetadataType == MetadataType.Object)) hook.Wrap(method);
        foreach (var method in library.GetType("System.Threading.Lock").Methods.Where(m => m.IsPublic && m.Name is "Enter" or "TryEnter" or "EnterScope")) hook.Wrap(method);
        return hook;
    }

    /// <summary>What counts an operation and does it, with the site as one more argument; null for what is not counted.</summary>
    public MethodDefinition? For(MethodReference called) =>
        called.DeclaringType.Namespace == "System.Threading" && _counted.GetValueOrDefault(KeyOf(called.GetElementMethod())) is { } counted ? counted : null;

    private static string KeyOf(MethodReference method) => $"{method.DeclaringType.Name}.{method.Name}({string.Join(',', method.Parameters.Select(p => NameOf(p.ParameterType)))})";

    private static string NameOf(TypeReference type) => type switch
    {
        ByReferenceType reference => NameOf(reference.ElementType) + "&",
        GenericParameter parameter => $"!!{parameter.Position}",
        _ => type.FullName,
    };

    private void Wrap(MethodDefinition method)
    {
        var counted = NewMethod($"{method.DeclaringType.Name}_{method.Name}", method.ReturnType, []);
        foreach (var parameter in method.GenericParameters) counted.GenericParameters.Add(new GenericParameter(parameter.Name, counted) { Attributes = parameter.Attributes });
        if (method.HasThis) counted.Parameters.Add(new ParameterDefinition(method.DeclaringType));
        foreach (var parameter in method.Parameters) counted.Parameters.Add(new ParameterDefinition(Mapped(parameter.ParameterType, counted)));
        counted.Parameters.Add(new ParameterDefinition(_library.TypeSystem.Int32));
        counted.ReturnType = Mapped(method.ReturnType, counted);

        var il = counted.Body.GetILProcessor();
        // The bits of a reference, managed or not, are the address.
        il.Emit(OpCodes.Ldarga, counted.Parameters[0]);
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Ldarg, counted.Parameters[^1]);
        il.Emit(OpCodes.Call, Count);
        foreach (var parameter in counted.Parameters.SkipLast(1)) il.Emit(OpCodes.Ldarg, parameter);
        MethodReference called = method;
        if (method.HasGenericParameters)
        {
            var instance = new GenericInstanceMethod(method);
            foreach (var parameter in counted.GenericParameters) instance.GenericArguments.Add(parameter);
            called = instance;
        }

        il.Emit(OpCodes.Call, called);
        il.Emit(OpCodes.Ret);
        counted.Body.OptimizeMacros();
        _counted.Add(KeyOf(method), counted);
    }

    private static TypeReference Mapped(TypeReference type, MethodDefinition to) => type switch
    {
        ByReferenceType reference => new ByReferenceType(Mapped(reference.ElementType, to)),
        GenericParameter parameter => to.GenericParameters[parameter.Position],
        _ => type,
    };

    private MethodDefinition NewMethod(string name, TypeReference result, TypeReference[] parameters)
    {
        var method = new MethodDefinition(name, MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig, result);
        foreach (var parameter in parameters) method.Parameters.Add(new ParameterDefinition(parameter));
        _type.Methods.Add(method);
        return method;
    }
}
