namespace Gateway.Configuration;

/// <summary>Marks a knob whose value is secret: messages never repeat it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
