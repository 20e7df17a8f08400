using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Responses;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Responses;

public sealed class MediaFieldsTests
{
    private readonly HttpResponse _response = new DefaultHttpContext().Response;

    [Theory]
    [InlineData("Set-Cookie")]
    [InlineData("Alt-Svc")]
    [InlineData("Strict-Transport-Security")]
    [InlineData("Clear-Site-Data")]
    [InlineData("Access-Control-Allow-Origin")]
    [InlineData("Access-Control-Allow-Credentials")]
    [InlineData("service-worker-allowed")]
    [InlineData("WWW-Authenticate")]
    public void Write_FieldForUpstreamsHost_DoesNotGoOut(string name)
    {
        Write("/a/1.m4s", CacheResult.Filled, new HeaderLine(name, "x"), new HeaderLine("X-Own", "y"));
        Assert.False(_response.Headers.ContainsKey(name));
        Assert.Equal("y", _response.Headers["X-Own"]);
    }

    [Theory]
    [InlineData("/a/1.m4s", null, "video/iso.segment")]
    [InlineData("/a/1.TS", null, "video/mp2t")]
    [InlineData("/a/1.ts", "text/plain", "text/plain")]
    [InlineData("/a/key", null, null)]
    public void Write_ContentType_IsUpstreamsOrThatOfTheExtension(string path, string? upstreams, string? expected)
    {
        Write(path, CacheResult.Filled, upstreams is null ? [] : [new HeaderLine("Content-Type", upstreams)]);
        Assert.Equal(expected, _response.ContentType);
    }

    [Theory]
    [InlineData(null, true, "public, max-age=3600")]
    [InlineData(null, false, "no-store")]
    [InlineData("Expires", true, null)]
    [InlineData("Set-Cookie", true, null)]
    public void Write_NoLifetimeFromUpstream_DefaultsForMediaOnly(string? field, bool isMedia, string? expected)
    {
        var fields = field is null ? Array.Empty<HeaderLine>() : [new HeaderLine(field, "x")];
        MediaFields.Write(_response, Reply(CacheResult.Filled, fields), Request("/a/1", isMedia ? StorageRules.Media : StorageRules.Http), ServedFrom.Origin);
        Assert.Equal(expected, (string?)_response.Headers.CacheControl);
    }

    [Theory]
    [InlineData("Content-Type")]
    [InlineData("Cache-Control")]
    [InlineData("ETag")]
    [InlineData("Last-Modified")]
    [InlineData("Date")]
    [InlineData("Server")]
    [InlineData("etag")]
    [InlineData("cache-control")]
    [InlineData("Vary")]
    [InlineData("X-Own")]
    public void Write_FieldInTwoLines_GoesOutInTwo(string name)
    {
        Write("/a/1.ts", CacheResult.Hit, new HeaderLine(name, "one"), new HeaderLine("X-Between", "x"), new HeaderLine(name, "two"));
        Assert.Equal("one|two", string.Join('|', _response.Headers[name].ToArray()));
        Assert.Equal("x", _response.Headers["X-Between"]);
    }

    [Fact]
    public void Write_FieldThatIsThereAlready_StandsBesideIt()
    {
        _response.Headers["X-File-Format"] = "ours";
        _response.Headers.Vary = "Origin";
        Write("/a/1.ts", CacheResult.Hit, new HeaderLine("X-File-Format", "theirs"), new HeaderLine("Vary", "Accept"));
        Assert.Equal("ours|theirs", string.Join('|', _response.Headers["X-File-Format"].ToArray()));
        Assert.Equal("Origin|Accept", string.Join('|', _response.Headers.Vary.ToArray()));
    }

    [Theory]
    [InlineData(CacheResult.Hit, null, "7")]
    [InlineData(CacheResult.Revalidated, null, "7")]
    [InlineData(CacheResult.Filled, "3", "7")]
    [InlineData(CacheResult.Filled, null, null)]
    internal void Write_StoredOrAgedReply_CarriesAge(CacheResult result, string? upstreams, string? expected)
    {
        Write("/a/1.ts", result, upstreams is null ? [] : [new HeaderLine("Age", upstreams)]);
        Assert.Equal(expected, (string?)_response.Headers.Age);
    }

    [Theory]
    [InlineData(ServedFrom.Buffer, "buffer")]
    [InlineData(ServedFrom.Cache, "cache")]
    [InlineData(ServedFrom.Origin, "origin")]
    internal void Write_Source_StandsInThreeFields(ServedFrom source, string label)
    {
        var reply = Reply(CacheResult.Hit, new HeaderLine("Cache-Status", "inner; hit"), new HeaderLine("Cache-Status", "outer; fwd=miss"));
        MediaFields.WriteSource(_response, reply, source);
        Assert.Equal(label, _response.Headers["X-Served-From"]);
        Assert.Equal($"gateway;desc={label}", _response.Headers["Server-Timing"]);
        Assert.Equal("inner; hit, outer; fwd=miss, gateway; hit", _response.Headers["Cache-Status"]);
    }

    private static CacheRequest Request(string path, StorageRules rules) => new() { Address = new MediaAddress("origin", path, string.Empty), Rules = rules };

    private static HeadReply Reply(CacheResult result, params HeaderLine[] fields) => new(new ResponseHead(200, fields), 10) { Result = result };

    private void Write(string path, CacheResult result, params HeaderLine[] fields) =>
        MediaFields.Write(_response, Reply(result, fields), Request(path, StorageRules.Media), ServedFrom.Origin);
}
