using System.Text.Json.Serialization;

namespace Gateway.Operators;

/// <summary>Serialisers of the operators' routes, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CachePicture))]
[JsonSerializable(typeof(DestinationPicture[]))]
[JsonSerializable(typeof(PurgeReply))]
internal sealed partial class OperatorJson : JsonSerializerContext;
