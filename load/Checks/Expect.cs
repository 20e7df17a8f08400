using System.Text.Json;

namespace Gateway.Load.Checks;

/// <summary>What an answer should be like: each says what is wrong, or null.</summary>
internal static class Expect
{
    /// <summary>All that is wrong of several; null when nothing is.</summary>
    public static string? All(params ReadOnlySpan<string?> wrong)
    {
        var told = new List<string>();
        foreach (var one in wrong)
        {
            if (one is not null) told.Add(one);
        }

        return told.Count == 0 ? null : string.Join("; ", told);
    }

    public static string? That(bool holds, string wrong) => holds ? null : wrong;

    public static string? Status(Answer answer, params ReadOnlySpan<int> allowed) =>
        allowed.Contains(answer.Status) ? null : $"answered {answer.Status}{CodeOf(answer)} instead of {string.Join(" or ", allowed.ToArray())}";

    /// <summary>A header field that holds a text.</summary>
    public static string? Field(Answer answer, string name, string part) => answer[name] switch
    {
        "" => $"{name} is missing",
        var value when value.Contains(part, StringComparison.OrdinalIgnoreCase) => null,
        var value => $"{name} is '{value}', without '{part}'",
    };

    /// <summary>A problem document (RFC 9457) with its stable code.</summary>
    public static string? Problem(Answer answer, int status, string code) => All(Status(answer, status), Problem(answer, code));

    /// <inheritdoc cref="Problem(Answer, int, string)"/>
    public static string? Problem(Answer answer, string code)
    {
        if (!answer["Content-Type"].StartsWith("application/problem+json", StringComparison.OrdinalIgnoreCase)) return $"Content-Type is '{answer["Content-Type"]}', no problem document";
        var problem = answer.Json();
        return All(
            That(problem.TryGetProperty("code", out var told) && told.GetString() == code, $"code is '{(told.ValueKind == JsonValueKind.String ? told.GetString() : "")}', not {code}"),
            That(problem.TryGetProperty("status", out var status) && status.GetInt32() == answer.Status, "status in the document is not that of the answer"),
            That(!System.Text.Encoding.UTF8.GetString(answer.Body).Contains("   at ", StringComparison.Ordinal), "a stack trace leaves the process"));
    }

    /// <summary>The same with a hint what a start-up failed at.</summary>
    public static string? StartupProblem(Answer answer, int status, string code, string stage) => Problem(answer, status, code) ?? That(
        answer.Json().TryGetProperty("startupHint", out var hint) && hint.GetProperty("stage").GetString() == stage && hint.TryGetProperty("state", out _) && hint.TryGetProperty("reason", out _),
        $"startupHint with stage {stage} is missing");

    /// <summary>Pages of an origin may read it, and the fields that tell of it.</summary>
    public static string? Cors(Answer answer, string origin)
    {
        var allowed = answer["Access-Control-Allow-Origin"];
        if (allowed != "*" && allowed != origin) return $"Access-Control-Allow-Origin is '{allowed}', neither * nor {origin}";
        var exposed = answer["Access-Control-Expose-Headers"];
        string[] wanted = ["X-Served-From", "Cache-Status", "Age", "CMSD-Static", "CMSD-Dynamic", "Server-Timing"];
        var missing = wanted.Where(w => !exposed.Contains(w, StringComparison.OrdinalIgnoreCase)).ToList();
        return missing.Count == 0 ? null : $"Access-Control-Expose-Headers lacks {string.Join(", ", missing)}";
    }

    /// <summary>Where it came from, and that no browser runs it.</summary>
    public static string? MediaFields(Answer answer) => All(
        That(answer["X-Served-From"] is "buffer" or "cache" or "origin", $"X-Served-From is '{answer["X-Served-From"]}'"),
        Field(answer, "Cache-Status", "gateway"),
        Field(answer, "X-Content-Type-Options", "nosniff"),
        Field(answer, "Content-Security-Policy", "sandbox"));

    /// <summary>A part of a body: 206, <c>Content-Range</c> and so many bytes (RFC 9110 §14.4).</summary>
    public static string? Part(Answer answer, long first, long last)
    {
        if (answer.Status != 206) return $"answered {answer.Status}{CodeOf(answer)} instead of 206 to bytes {first} to {last}";
        return All(
            Field(answer, "Content-Range", $"bytes {first}-{last}/"),
            That(answer.Body.Length == last - first + 1, $"{answer.Body.Length} bytes came instead of {last - first + 1}"));
    }

    /// <summary>Length in a <c>Content-Range</c>; null where none is told.</summary>
    public static long? TotalOf(Answer answer) => System.Net.Http.Headers.ContentRangeHeaderValue.TryParse(answer["Content-Range"], out var range) ? range.Length : null;

    private static string CodeOf(Answer answer)
    {
        if (!answer["Content-Type"].StartsWith("application/problem+json", StringComparison.OrdinalIgnoreCase)) return "";
        try
        {
            return answer.Json().TryGetProperty("code", out var code) ? $" {code.GetString()}" : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
