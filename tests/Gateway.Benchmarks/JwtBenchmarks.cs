using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Access.Jwt;

namespace Gateway.Benchmarks;

/// <summary>Cost of checking a credential, from its text to the result of its signature check.</summary>
[MemoryDiagnoser]
public class JwtBenchmarks
{
    private const string Payload = """{"sub":"u","media":["films/**"],"exp":9999999999}""";

    private JwkSet _keys = new([]);
    private string _hs = "";
    private string _rs = "";
    private string _es = "";

    [GlobalSetup]
    public void Setup()
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _keys = new JwkSet([JwtKey.Hmac("h", secret), JwtKey.Rsa("r", rsa.ExportParameters(false)), JwtKey.Ecdsa("e", ec.ExportParameters(false))]);
        _hs = Signed("HS256", "h", text => HMACSHA256.HashData(secret, text));
        _rs = Signed("RS256", "r", text => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        _es = Signed("ES256", "e", text => ec.SignData(text, HashAlgorithmName.SHA256));
    }

    [Benchmark(Baseline = true)]
    public bool Hs256() => Jws.Verify(_hs, _keys, out _) == JwtVerdict.Valid;

    [Benchmark]
    public bool Rs256() => Jws.Verify(_rs, _keys, out _) == JwtVerdict.Valid;

    [Benchmark]
    public bool Es256() => Jws.Verify(_es, _keys, out _) == JwtVerdict.Valid;

    private static string Signed(string algorithm, string id, Func<byte[], byte[]> sign)
    {
        var text = $"{Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","kid":"{{id}}"}"""))}.{Encode(Encoding.UTF8.GetBytes(Payload))}";
        return $"{text}.{Encode(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
