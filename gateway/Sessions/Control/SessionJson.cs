using System.Text.Json.Serialization;

namespace Gateway.Sessions.Control;

/// <summary>Serialisers of the control plane, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionReply))]
[JsonSerializable(typeof(SessionPicture))]
[JsonSerializable(typeof(HeartbeatReply))]
[JsonSerializable(typeof(EventsReply))]
[JsonSerializable(typeof(SessionPicture[]))]
internal sealed partial class SessionJson : JsonSerializerContext;
