using System.Text.Json;

namespace Gateway.Rollout.Judging;

/// <summary>
/// The written form of <see cref="JudgeState"/>, version 1: <c>{"version":1,"wave":2,"control":{…},"treatment":{…}}</c>; histograms as pairs of bin and count. A reader of this
/// version refuses others: counts under another meaning would be judged wrongly, which is worse than starting again.
/// </summary>
internal static class JudgeStateJson
{
    public const int Version = 1;

    // Sums of two states must not overflow, and nobody has more sessions.
    private const long LargestCount = 1L << 52;

    private static readonly (Harm Harm, string Name)[] Harms = [.. Enum.GetValues<Harm>().Select(static h => (h, JsonNamingPolicy.CamelCase.ConvertName(h.ToString())))];

    public static byte[] Write(JudgeState state)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteNumber("wave", state.Wave);
            Write(json, "control", state.Control);
            Write(json, "treatment", state.Treatment);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Read(JsonElement root, out JudgeState? state)
    {
        state = null;
        if (root.ValueKind != JsonValueKind.Object) return "A judge's state is a JSON object, and this is none.";
        if (!TryCount(root, "version", out var version) || version != Version) return $"This reads version {Version} of a judge's state, and this is version {version}. Count the wave from the start.";
        if (!TryCount(root, "wave", out var wave) || wave is < 1 or > int.MaxValue) return "A judge's state needs a \"wave\" from 1 on.";
        var read = new JudgeState((int)wave);
        if (Read(root, "control", read.Control) is { } wrong) return wrong;
        if (Read(root, "treatment", read.Treatment) is { } wrongToo) return wrongToo;
        state = read;
        return null;
    }

    private static void Write(Utf8JsonWriter json, string name, ArmTally arm)
    {
        json.WriteStartObject(name);
        json.WriteNumber("sessions", arm.Sessions);
        json.WriteNumber("repeats", arm.Repeats);
        foreach (var (harm, key) in Harms) json.WriteNumber(key, arm.Harmed(harm));
        json.WriteNumber("timeouts", arm.Timeouts);
        json.WriteNumber("exhausted", arm.Exhausted);
        Write(json, "startup", arm.Startup);
        Write(json, "stallRatio", arm.StallRatio);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, Histogram histogram)
    {
        json.WriteStartArray(name);
        for (var bin = 0; bin < histogram.Counts.Length; bin++)
        {
            if (histogram.Counts[bin] == 0) continue;
            json.WriteStartArray();
            json.WriteNumberValue(bin);
            json.WriteNumberValue(histogram.Counts[bin]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static string? Read(JsonElement root, string name, ArmTally arm)
    {
        if (!root.TryGetProperty(name, out var json) || json.ValueKind != JsonValueKind.Object) return $"A judge's state needs \"{name}\", an object.";
        if (!TryCount(json, "sessions", out var sessions) || !TryCount(json, "repeats", out var repeats) || !TryCount(json, "timeouts", out var timeouts) || !TryCount(json, "exhausted", out var exhausted))
            return $"\"{name}\" needs sessions, repeats, timeouts and exhausted, each a count.";
        (arm.Sessions, arm.Repeats, arm.Timeouts, arm.Exhausted) = (sessions, repeats, timeouts, exhausted);
        foreach (var (harm, key) in Harms)
        {
            if (!TryCount(json, key, out var harmed) || harmed > sessions) return $"\"{name}\" needs \"{key}\", a count of at most its sessions.";
            arm.SetHarmed(harm, harmed);
        }

        if (timeouts > sessions || exhausted > sessions) return $"\"{name}\" has more time-outs or spent tries than sessions.";
        if (!TryRead(json, "startup", arm.Startup) || arm.Startup.Total > sessions) return $"\"{name}\" needs \"startup\", pairs of bin and count for at most its sessions.";
        if (!TryRead(json, "stallRatio", arm.StallRatio) || arm.StallRatio.Total != sessions) return $"\"{name}\" needs \"stallRatio\", pairs of bin and count for all its sessions.";
        return null;
    }

    private static bool TryRead(JsonElement json, string name, Histogram histogram)
    {
        if (!json.TryGetProperty(name, out var pairs) || pairs.ValueKind != JsonValueKind.Array) return false;
        var before = -1;
        foreach (var pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2) return false;
            if (pair[0].ValueKind != JsonValueKind.Number || !pair[0].TryGetInt32(out var bin) || bin <= before || bin >= histogram.Counts.Length) return false;
            if (!TryCount(pair[1], out var count)) return false;
            histogram.Add(bin, count);
            before = bin;
            if (histogram.Total > LargestCount) return false;
        }

        return true;
    }

    private static bool TryCount(JsonElement json, string name, out long count)
    {
        count = 0;
        return json.TryGetProperty(name, out var value) && TryCount(value, out count);
    }

    private static bool TryCount(JsonElement value, out long count)
    {
        count = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out count) && count is >= 0 and <= LargestCount;
    }
}
