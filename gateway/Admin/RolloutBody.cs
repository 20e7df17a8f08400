using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Gateway.Rollout;
using Gateway.Rollout.Control;
using Gateway.Sessions.Api;

namespace Gateway.Admin;

/// <summary>The body of <c>PUT /admin/rollout</c>: the fields that are to change; those left out stay as they are.</summary>
internal static class RolloutBody
{
    private const int LongestName = 512;

    private static readonly FrozenDictionary<string, EngineMode> Modes = new Dictionary<string, EngineMode>(StringComparer.OrdinalIgnoreCase)
    {
        ["staged"] = EngineMode.Staged,
        ["direct"] = EngineMode.Direct,
        ["segmented"] = EngineMode.Segmented,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Fields =
    [
        "stage", "mode", "reverted", "allow", "deny", "contractPassed", "drillPassed", "deploying", "baselineCreateFailures", "baselineHandoffFailures", "override", "reason",
    ];

    public static RolloutChange? Read(JsonElement body, string by, out IReadOnlyList<(string Field, string Error)> errors)
    {
        var fields = new FieldReader(body);
        var change = new RolloutChange
        {
            Stage = fields.Whole("stage", 0, 4),
            Mode = fields.Choice("mode", Modes),
            Reverted = fields.Flag("reverted"),
            Allow = fields.Texts("allow", RolloutOptions.MostNames, LongestName),
            Deny = fields.Texts("deny", RolloutOptions.MostNames, LongestName),
            ContractPassed = fields.Flag("contractPassed") ?? false,
            DrillPassed = fields.Flag("drillPassed") ?? false,
            Deploying = fields.Flag("deploying"),
            BaselineCreateFailures = fields.Number("baselineCreateFailures", 0, 1),
            BaselineHandoffFailures = fields.Number("baselineHandoffFailures", 0, 1),
            Override = fields.Flag("override") ?? false,
            Reason = fields.Text("reason", LongestName) ?? "",
            By = by,
        };
        // A mistyped field must not pass for an order that was carried out.
        var unknown = 0;
        foreach (var property in body.EnumerateObject())
        {
            if (!Fields.Contains(property.Name, StringComparer.Ordinal)) unknown++;
        }

        if (unknown > 0)
        {
            var told = unknown == 1 ? "has a field that there is not" : string.Create(CultureInfo.InvariantCulture, $"has {unknown} fields that there are not");
            fields.Refuse("body", $"{told}. Known: {string.Join(", ", Fields)}");
        }

        errors = fields.Errors;
        return errors.Count == 0 ? change : null;
    }

    public static string Label(EngineMode mode) => mode switch
    {
        EngineMode.Direct => "direct",
        EngineMode.Segmented => "segmented",
        _ => "staged",
    };
}
