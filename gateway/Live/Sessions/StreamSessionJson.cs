using System.Text.Json.Serialization;

namespace Gateway.Live.Sessions;

/// <summary>Live sessions' replies; their names are those of the recording programs that use them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StreamSessionReply))]
[JsonSerializable(typeof(TokenReply))]
internal sealed partial class StreamSessionJson : JsonSerializerContext;
