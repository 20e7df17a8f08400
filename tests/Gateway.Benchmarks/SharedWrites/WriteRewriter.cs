using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>
/// Rewrites an assembly so that it tells each interlocked operation, each lock taken and each write to a field before it happens. Not told: what constructors write, since nobody else has the object yet; elements of arrays
/// and what goes through pointers, most of which are bytes of messages; and code of the runtime itself.
/// </summary>
internal sealed class WriteRewriter(ModuleDefinition module, WriteHook hook, WriteSites sites)
{
    /// <summary>Types of the runtime's library that are the operations themselves, or on which the recorder stands.</summary>
    private static readonly HashSet<string> s_own =
    [
        WriteHook.TypeName, "System.Threading.Interlocked", "System.Threading.Volatile", "System.Threading.Monitor", "System.Threading.Lock", "System.Threading.Thread", "System.Threading.ProcessorIdCache", "System.Buffer",
        "System.SpanHelpers", "System.Environment", "System.GC",
    ];

    private readonly MethodReference _count = module.ImportReference(hook.Count);

    /// <returns>Whether anything was rewritten.</returns>
    public bool Rewrite()
    {
        var isChanged = false;
        foreach (var type in module.GetTypes())
        {
            if (IsOwn(type)) continue;
            foreach (var method in type.Methods.Where(m => m.HasBody)) isChanged |= Rewrite(method);
        }

        return isChanged;
    }

    private static bool IsOwn(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return s_own.Contains(type.FullName) || (type.Namespace == "System.Runtime.CompilerServices" && (type.Name.EndsWith("Helpers", StringComparison.Ordinal) || type.Name.Contains("Cache", StringComparison.Ordinal)))
            || type.Namespace.StartsWith("Internal", StringComparison.Ordinal);
    }

    private bool Rewrite(MethodDefinition method)
    {
        var instructions = method.Body.Instructions;
        if (!instructions.Any(i => CountedCall(i) is not null || IsFieldStore(i, method))) return false;
        method.Body.SimplifyMacros();
        var values = new Dictionary<string, VariableDefinition>();
        for (var i = 0; i < instructions.Count; i++)
        {
            if (CountedCall(instructions[i]) is { } counted) i = Call(method, i, counted);
            else if (IsFieldStore(instructions[i], method)) i = Store(method, i, values);
        }

        method.Body.OptimizeMacros();
        return true;
    }

    private MethodDefinition? CountedCall(Instruction instruction) => instruction.OpCode.Code is Code.Call or Code.Callvirt && instruction.Operand is MethodReference called ? hook.For(called) : null;

    private static bool IsFieldStore(Instruction instruction, MethodDefinition method) =>
        instruction.OpCode.Code is Code.Stfld or Code.Stsfld && !method.IsConstructor && instruction.Operand is FieldReference { FieldType: not ByReferenceType };

    /// <summary>The call becomes the site's number, and the counted call follows it, so that branches to the one arrive at the other.</summary>
    private int Call(MethodDefinition method, int at, MethodDefinition counted)
    {
        var instructions = method.Body.Instructions;
        var call = instructions[at];
        var called = (MethodReference)call.Operand;
        var target = module.ImportReference(counted);
        if (called is GenericInstanceMethod generic)
        {
            var instance = new GenericInstanceMethod(target);
            foreach (var argument in generic.GenericArguments) instance.GenericArguments.Add(argument);
            target = instance;
        }

        var kind = called.DeclaringType.Name switch
        {
            "Interlocked" => WriteKind.Interlocked,
            "Volatile" => WriteKind.Store,
            _ => WriteKind.Lock,
        };
        if (at > 0 && instructions[at - 1].OpCode.Code == Code.Tail) (instructions[at - 1].OpCode, instructions[at - 1].Operand) = (OpCodes.Nop, null);
        (call.OpCode, call.Operand) = (OpCodes.Ldc_I4, NumberOf(method, kind, $"{called.DeclaringType.Name}.{called.Name}"));
        instructions.Insert(at + 1, Instruction.Create(OpCodes.Call, target));
        return at + 1;
    }

    /// <summary>The field's address is told first; of an object's field the value is put aside meanwhile. What begins the write, with its prefix, stays the place to which branches go.</summary>
    private int Store(MethodDefinition method, int at, Dictionary<string, VariableDefinition> values)
    {
        var instructions = method.Body.Instructions;
        var (field, code) = ((FieldReference)instructions[at].Operand, instructions[at].OpCode);
        var isVolatile = at > 0 && instructions[at - 1].OpCode.Code == Code.Volatile;
        if (isVolatile) instructions.RemoveAt(at--);
        var first = instructions[at];
        var number = NumberOf(method, WriteKind.Store, $"{field.DeclaringType.Name}.{field.Name}");
        List<Instruction> added = [Instruction.Create(OpCodes.Conv_U), Instruction.Create(OpCodes.Ldc_I4, number), Instruction.Create(OpCodes.Call, _count)];
        if (code.Code == Code.Stsfld)
        {
            (first.OpCode, first.Operand) = (OpCodes.Ldsflda, field);
        }
        else
        {
            var value = ValueOf(method, field, values);
            (first.OpCode, first.Operand) = (OpCodes.Stloc, value);
            added.InsertRange(0, [Instruction.Create(OpCodes.Dup), Instruction.Create(OpCodes.Ldflda, field)]);
            added.Add(Instruction.Create(OpCodes.Ldloc, value));
        }

        if (isVolatile) added.Add(Instruction.Create(OpCodes.Volatile));
        added.Add(Instruction.Create(code, field));
        foreach (var instruction in added) instructions.Insert(++at, instruction);
        return at;
    }

    private static VariableDefinition ValueOf(MethodDefinition method, FieldReference field, Dictionary<string, VariableDefinition> values)
    {
        var type = InstanceTypes.Of(field);
        if (values.TryGetValue(type.FullName, out var value)) return value;
        value = new VariableDefinition(type);
        method.Body.Variables.Add(value);
        values.Add(type.FullName, value);
        return value;
    }

    private int NumberOf(MethodDefinition method, WriteKind kind, string what) => sites.NumberOf(new WriteSite(kind, $"{method.DeclaringType.FullName}.{method.Name}", what));
}
