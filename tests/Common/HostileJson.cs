using System.Globalization;
using System.Text;

namespace Gateway.Testing;

/// <summary>
/// Hostile bodies: JSON of known and unknown names with ill-formed UTF-16 and UTF-8, deep nesting, huge numbers, properties twice; and
/// such JSON broken in a random place. The same seed gives the same bodies.
/// </summary>
internal sealed class HostileJson(int seed)
{
    private static readonly string[] Names =
    [
        "event", "mediaId", "engine", "quality", "groupId", "startPositionSec", "prewarm", "deviceId", "positionSec", "isPlaying", "bufferedUntilSec",
        "totalToAudibleMs", "durationMs", "outcome", "stage", "retryBudgetRemaining", "n", "sessionId", "ts", "kid", "alg", "crit", "exp", "media",
        @"\ud800", @"\udc00\ud800", @"a\u0000", "", @"\u0065vent", "__proto__", "é", "😀",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "1e999", "-1e999", "1e-999", "123456789012345678901234567890", "0.1", "-1",
        "\"\"", "\"demo\"", "\"player.rebuffer\"", "\"player.startup_timeline\"", "\"player.rebuffer_recovered\"", "\"session.end\"", "\"audible\"", "\"HS256\"",
        @"""\ud800""", @"""\udfff""", @"""\ud83d\ude00""", @"""\ud83dx""", @"""\uD800\u0041""", "\"\\\\ud800\"", @"""\u0000""", "\"\u2028\"", @"""../etc/passwd""",
        "[]", "{}", "[[[[[[[[[[[[]]]]]]]]]]]]", "[1,\"\\ud800\"]", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}", "nul", "01", "\"", "\\",
    ];

#pragma warning disable CA5394 // A test's random numbers must be repeatable.
    private readonly Random _dice = new(seed);

    /// <summary>UTF-8, or bytes that only resemble it.</summary>
    public byte[] Next()
    {
        var text = new StringBuilder();
        switch (_dice.Next(6))
        {
            case 0:
                text.Append('[');
                Objects(text, ',');
                text.Append(']');
                break;
            case 1:
                Objects(text, '\n');
                break;
            case 2:
                text.Append('[', _dice.Next(2000)).Append(Values[_dice.Next(Values.Length)]);
                break;
            case 3:
                text.Append(CultureInfo.InvariantCulture, $"{{\"event\":\"x\",\"n\":{new string('9', _dice.Next(1, 4000))}}}");
                break;
            default:
                Object(text);
                break;
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (_dice.Next(3) == 0 && bytes.Length > 0) bytes[_dice.Next(bytes.Length)] = (byte)_dice.Next(256);
        if (_dice.Next(6) == 0) bytes = bytes[.._dice.Next(bytes.Length + 1)];
        return bytes;
    }

    private void Objects(StringBuilder text, char between)
    {
        for (var left = _dice.Next(1, 5); left > 0; left--)
        {
            Object(text);
            if (left > 1) text.Append(between);
        }
    }

    /// <summary>Half of them are an event, so that the fields after the name are read.</summary>
    private void Object(StringBuilder text)
    {
        text.Append('{');
        if (_dice.Next(2) == 0) text.Append("\"event\":\"x\",\"mediaId\":\"demo\",");
        for (var left = _dice.Next(5); left >= 0; left--)
        {
            text.Append('"').Append(Names[_dice.Next(Names.Length)]).Append("\":").Append(Values[_dice.Next(Values.Length)]);
            if (left > 0) text.Append(',');
        }

        text.Append('}');
    }
#pragma warning restore CA5394
}
