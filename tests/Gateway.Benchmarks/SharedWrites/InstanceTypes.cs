using Mono.Cecil;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>Types of fields as the instances of their generic types have them.</summary>
internal static class InstanceTypes
{
    /// <summary>The type of a field's value, without modifiers, and with the arguments of its declaring type in place of the parameters.</summary>
    public static TypeReference Of(FieldReference field) => With(field.FieldType, field.DeclaringType as GenericInstanceType);

    private static TypeReference With(TypeReference type, GenericInstanceType? instance)
    {
        if (type is IModifierType modified) return With(modified.ElementType, instance);
        if (instance is null) return type;
        switch (type)
        {
            case GenericParameter { Owner.GenericParameterType: GenericParameterType.Type } parameter:
                return instance.GenericArguments[parameter.Position];
            case ArrayType array:
                return array.IsVector ? new ArrayType(With(array.ElementType, instance)) : new ArrayType(With(array.ElementType, instance), array.Rank);
            case PointerType pointer:
                return new PointerType(With(pointer.ElementType, instance));
            case GenericInstanceType generic:
                var of = new GenericInstanceType(generic.ElementType);
                foreach (var argument in generic.GenericArguments) of.GenericArguments.Add(With(argument, instance));
                return of;
            default:
                return type;
        }
    }
}
