using System.Collections.Frozen;
using System.Text.Json;

namespace Gateway.Load.Checks;

/// <summary>A reply, read to its end or to the most that is read.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Fields">Header fields of head and content, those of one name joined by commas.</param>
/// <param name="Body">What was read of it.</param>
internal sealed record Answer(int Status, FrozenDictionary<string, string> Fields, byte[] Body)
{
    /// <summary>A header field; empty when it is not there.</summary>
    public string this[string name] => Fields.GetValueOrDefault(name, "");

    public JsonElement Json() => JsonSerializer.Deserialize<JsonElement>(Body);

    public static async Task<Answer> ReadAsync(HttpResponseMessage message, int most, CancellationToken stop)
    {
        var fields = message.Headers.Concat(message.Content.Headers).ToFrozenDictionary(static f => f.Key, static f => string.Join(", ", f.Value), StringComparer.OrdinalIgnoreCase);
        await using var stream = await message.Content.ReadAsStreamAsync(stop);
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (body.Length < most)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - body.Length)), stop);
            if (read == 0) break;
            body.Write(buffer, 0, read);
        }

        return new Answer((int)message.StatusCode, fields, body.ToArray());
    }
}
