using System.Text.Json.Serialization;

namespace Gateway.Operators;

/// <summary>Serialisers of the operators' routes, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CachePicture))]
[JsonSerializable(typeof(DestinationPicture[]))]
[JsonSerializable(typeof(PurgeReply))]
[JsonSerializable(typeof(EndedReply))]
[JsonSerializable(typeof(RevocationView[]))]
internal sealed partial class OperatorJson : JsonSerializerContext;
