using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Json;
using Gateway.Live.Keys;
using Gateway.Live.Timeline;

namespace Gateway.Live.Journal;

/// <summary>Records and headers as one line of JSON each.</summary>
internal static class RecordJson
{
    public static byte[] Write(LiveRecord record) => Line(json =>
    {
        json.WriteNumber("kind"u8, (int)record.Kind);
        json.WriteNumber("at"u8, record.At.UtcTicks);
        if (record.Index >= 0) json.WriteNumber("index"u8, record.Index);
        if (record.Through >= 0) json.WriteNumber("through"u8, record.Through);
        if (record.Chunk.Length > 0)
        {
            json.WriteNumber("length"u8, record.Chunk.Length);
            json.WriteString("digest"u8, record.Chunk.Digest.ToString("x32", CultureInfo.InvariantCulture));
            json.WriteNumber("seconds"u8, record.Chunk.Seconds);
            if (record.Chunk.IsAside) json.WriteBoolean("aside"u8, true);
        }

        if (record.Segment is { } segment) WriteSegment(json, segment);
        if (record.Reason is not null) json.WriteString("reason"u8, record.Reason);
    });

    public static byte[] Write(LiveSessionHeader header) => Line(json =>
    {
        json.WriteNumber("contract_version"u8, header.ContractVersion);
        json.WriteString("session_id"u8, header.Id);
        json.WriteNumber("created_at"u8, header.CreatedAt.UtcTicks);
        json.WriteString("mode"u8, StreamModes.NameOf(header.Mode));
        if (header.Title is not null) json.WriteString("title"u8, header.Title);
        json.WriteNumber("target"u8, header.Timeline.TargetDuration);
        json.WriteNumber("gap_after"u8, header.Timeline.GapAfter.TotalSeconds);
        json.WriteNumber("idle_timeout"u8, header.Timeline.IdleTimeout.TotalSeconds);
        json.WriteNumber("window"u8, header.Timeline.Window.TotalSeconds);
    });

    /// <exception cref="IOException">The line is none.</exception>
    public static LiveRecord ReadRecord(ReadOnlyMemory<byte> line) => Read(line, json => new LiveRecord((LiveRecordKind)json.GetProperty("kind").GetInt32(), At(json, "at"), json.TryGetProperty("index", out var index) ? index.GetInt32() : -1)
    {
        Chunk = json.TryGetProperty("length", out var length)
            ? new AcceptedChunk(length.GetInt64(), UInt128.Parse(json.GetProperty("digest").GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), json.GetProperty("seconds").GetDouble(), json.TryGetProperty("aside", out var aside) && aside.GetBoolean())
            : default,
        Segment = json.TryGetProperty("init", out var init) ? new MadeSegment(init.GetString()!, [.. json.GetProperty("tracks").EnumerateArray().Select(TrackOf)]) : null,
        Reason = json.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
        Through = json.TryGetProperty("through", out var through) ? through.GetInt32() : -1,
    });

    /// <exception cref="IOException">The line is none.</exception>
    /// <exception cref="NotSupportedException">It was written by an unknown version of the key contract.</exception>
    public static LiveSessionHeader ReadHeader(ReadOnlyMemory<byte> line) => Read(line, json =>
    {
        var version = json.GetProperty("contract_version").GetInt32();
        StreamChunkKey.RequireKnown(version);
        return new LiveSessionHeader(json.GetProperty("session_id").GetString()!, At(json, "created_at"))
        {
            ContractVersion = version,
            Mode = StreamModes.ByName[json.GetProperty("mode").GetString()!],
            Title = json.TryGetProperty("title", out var title) ? title.GetString() : null,
            Timeline = new TimelineOptions(json.GetProperty("target").GetInt32(), Seconds(json, "gap_after"), Seconds(json, "idle_timeout"), Seconds(json, "window")),
        };
    });

    private static void WriteSegment(Utf8JsonWriter json, MadeSegment segment)
    {
        json.WriteString("init"u8, segment.Init);
        json.WriteStartArray("tracks"u8);
        foreach (var track in segment.Tracks)
        {
            json.WriteStartArray();
            json.WriteNumberValue(track.Id);
            json.WriteNumberValue(track.Timescale);
            json.WriteNumberValue(track.Start);
            json.WriteNumberValue(track.Duration);
            json.WriteNumberValue(track.Frame);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static MadeTrack TrackOf(JsonElement track) => new(track[0].GetUInt32(), track[1].GetUInt32(), track[2].GetInt64(), track[3].GetInt64(), track[4].GetInt64());

    private static DateTimeOffset At(JsonElement json, string name) => new(json.GetProperty(name).GetInt64(), TimeSpan.Zero);

    private static TimeSpan Seconds(JsonElement json, string name) => TimeSpan.FromSeconds(json.GetProperty(name).GetDouble());

    private static byte[] Line(Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return line.WrittenSpan.ToArray();
    }

    private static T Read<T>(ReadOnlyMemory<byte> line, Func<JsonElement, T> read)
    {
        if (!StrictJson.TryParse(line, out var document)) throw new IOException("A line of a live journal is no JSON.");
        using (document)
        {
            try
            {
                return read(document.RootElement);
            }
            catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
            {
                throw new IOException("A line of a live journal lacks what it has to have.", e);
            }
        }
    }
}
