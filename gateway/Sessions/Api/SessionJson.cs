using System.Text.Json.Serialization;

namespace Gateway.Sessions.Api;

/// <summary>Serialisers of the control plane, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionReply))]
[JsonSerializable(typeof(SessionSnapshot))]
[JsonSerializable(typeof(HeartbeatReply))]
[JsonSerializable(typeof(EventsReply))]
[JsonSerializable(typeof(SessionSnapshot[]))]
[JsonSerializable(typeof(EngineReply))]
[JsonSerializable(typeof(SessionEventsReply))]
internal sealed partial class SessionJson : JsonSerializerContext;
