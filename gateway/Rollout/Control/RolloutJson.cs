using System.Text.Json.Serialization;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Control;

/// <summary>The state as the store keeps it. Fields that an older gateway does not know are ignored by it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RolloutState))]
[JsonSerializable(typeof(TriggerWindow))]
internal sealed partial class RolloutJson : JsonSerializerContext;
