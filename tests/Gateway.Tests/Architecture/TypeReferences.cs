using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Gateway.Tests.Architecture;

/// <summary>
/// Which types of an assembly name which others: in base types, fields, signatures, attributes, local variables and method bodies. Read from the compiled form (ECMA-335), so
/// that neither a namespace that needs no <c>using</c> nor a lambda or a type that is inferred hides anything. Nested types, which are also what the compiler makes of
/// lambdas and iterators, count for the type around them.
/// </summary>
internal sealed class TypeReferences
{
    private static readonly OpCode[] Short = new OpCode[256];
    private static readonly OpCode[] Long = new OpCode[256];

    private readonly MetadataReader _metadata;
    private readonly PEReader _image;
    private readonly HashSet<(string From, string To)> _found = [];

    static TypeReferences()
    {
        foreach (var field in typeof(OpCodes).GetFields())
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? Short : Long)[code.Value & 0xFF] = code;
        }
    }

    private TypeReferences(PEReader image)
    {
        _image = image;
        _metadata = image.GetMetadataReader();
    }

    /// <summary>All pairs of full names of top-level types of which the first names the second; types of other assemblies do not occur.</summary>
    public static IReadOnlySet<(string From, string To)> Of(string assemblyPath)
    {
        using var image = new PEReader(File.OpenRead(assemblyPath));
        var references = new TypeReferences(image);
        foreach (var type in references._metadata.TypeDefinitions) references.ReadType(type);
        return references._found;
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var named = new NamedTypes(_metadata);
        named.Add(type.BaseType);
        named.AddAttributes(type.GetCustomAttributes());
        named.AddConstraints(type.GetGenericParameters());
        foreach (var implemented in type.GetInterfaceImplementations()) named.Add(_metadata.GetInterfaceImplementation(implemented).Interface);
        foreach (var field in type.GetFields())
        {
            _metadata.GetFieldDefinition(field).DecodeSignature(named, null);
            named.AddAttributes(_metadata.GetFieldDefinition(field).GetCustomAttributes());
        }

        foreach (var method in type.GetMethods()) ReadMethod(_metadata.GetMethodDefinition(method), named);
        var from = named.OutermostOf(handle);
        foreach (var to in named.Names)
        {
            if (to != from) _found.Add((from, to));
        }
    }

    private void ReadMethod(MethodDefinition method, NamedTypes named)
    {
        method.DecodeSignature(named, null);
        named.AddAttributes(method.GetCustomAttributes());
        named.AddConstraints(method.GetGenericParameters());
        if (method.RelativeVirtualAddress == 0) return;
        var body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil) _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(named, null);
        foreach (var region in body.ExceptionRegions) named.Add(region.CatchType);
        var code = body.GetILReader();
        while (code.RemainingBytes > 0) ReadInstruction(ref code, named);
    }

    private static void ReadInstruction(ref BlobReader code, NamedTypes named)
    {
        var first = code.ReadByte();
        var instruction = first == 0xFE ? Long[code.ReadByte()] : Short[first];
        switch (instruction.OperandType)
        {
            case OperandType.InlineNone:
                break;
            case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                code.ReadByte();
                break;
            case OperandType.InlineVar:
                code.ReadInt16();
                break;
            case OperandType.InlineI8 or OperandType.InlineR:
                code.ReadInt64();
                break;
            case OperandType.InlineSwitch:
                // In one statement the offset would be taken before the count is read, and the next instruction be read from within the table.
                var cases = code.ReadInt32();
                code.Offset += 4 * cases;
                break;
            case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                named.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                break;
            default:
                code.ReadInt32();
                break;
        }
    }

    /// <summary>Collects the types of this assembly that signatures and tokens name.</summary>
    private sealed class NamedTypes(MetadataReader metadata) : ISignatureTypeProvider<int, object?>
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public string OutermostOf(TypeDefinitionHandle handle)
        {
            var type = metadata.GetTypeDefinition(handle);
            while (!type.GetDeclaringType().IsNil) type = metadata.GetTypeDefinition(type.GetDeclaringType());
            return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
        }

        public void Add(EntityHandle handle)
        {
            if (handle.IsNil) return;
            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    Names.Add(OutermostOf((TypeDefinitionHandle)handle));
                    break;
                case HandleKind.TypeSpecification:
                    metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                    break;
                case HandleKind.MethodDefinition:
                    var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                    Add(method.GetDeclaringType());
                    method.DecodeSignature(this, null);
                    break;
                case HandleKind.FieldDefinition:
                    var field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                    Add(field.GetDeclaringType());
                    field.DecodeSignature(this, null);
                    break;
                case HandleKind.MemberReference:
                    var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                    Add(member.Parent);
                    if (member.GetKind() == MemberReferenceKind.Method) member.DecodeMethodSignature(this, null);
                    else member.DecodeFieldSignature(this, null);
                    break;
                case HandleKind.MethodSpecification:
                    var specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    Add(specification.Method);
                    specification.DecodeSignature(this, null);
                    break;
            }
        }

        public void AddAttributes(CustomAttributeHandleCollection attributes)
        {
            foreach (var attribute in attributes) Add(metadata.GetCustomAttribute(attribute).Constructor);
        }

        public void AddConstraints(GenericParameterHandleCollection parameters)
        {
            foreach (var parameter in parameters)
            {
                foreach (var constraint in metadata.GetGenericParameter(parameter).GetConstraints()) Add(metadata.GetGenericParameterConstraint(constraint).Type);
            }
        }

        public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            Add(handle);
            return 0;
        }

        public int GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        {
            Add(handle);
            return 0;
        }

        public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => 0;

        public int GetSZArrayType(int elementType) => 0;

        public int GetArrayType(int elementType, ArrayShape shape) => 0;

        public int GetByReferenceType(int elementType) => 0;

        public int GetPointerType(int elementType) => 0;

        public int GetPinnedType(int elementType) => 0;

        public int GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

        public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

        public int GetFunctionPointerType(MethodSignature<int> signature) => 0;

        public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

        public int GetGenericMethodParameter(object? genericContext, int index) => 0;

        public int GetGenericTypeParameter(object? genericContext, int index) => 0;
    }
}
