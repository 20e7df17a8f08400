using System.Text.Json.Serialization;

namespace Gateway.Sessions.Groups;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GroupNotice))]
internal sealed partial class GroupJson : JsonSerializerContext;
