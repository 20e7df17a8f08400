using System.Text.Json.Serialization;

namespace Gateway.Operators;

/// <summary>Serialisers of the operators' routes, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DestinationPicture[]))]
internal sealed partial class OperatorJson : JsonSerializerContext;
