namespace Gateway.Configuration;

/// <summary>Marks a knob whose value nobody may see: what is said about it never repeats it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
