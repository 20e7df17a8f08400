using System.Text.Json.Serialization;

namespace Gateway.Admin;

/// <summary>Serialisers of the operators' routes, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdaptationSnapshot))]
[JsonSerializable(typeof(CacheSnapshot))]
[JsonSerializable(typeof(DestinationSnapshot[]))]
[JsonSerializable(typeof(PurgeReply))]
[JsonSerializable(typeof(EndedReply))]
[JsonSerializable(typeof(RevocationSnapshot[]))]
[JsonSerializable(typeof(RolloutSnapshot))]
[JsonSerializable(typeof(SamplesReply))]
[JsonSerializable(typeof(NodeSnapshot))]
internal sealed partial class AdminJson : JsonSerializerContext;
