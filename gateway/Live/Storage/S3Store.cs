using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace Gateway.Live.Storage;

/// <summary>
/// Objects in a bucket of an S3-compatible store. An upload is there whole or not at all, by the protocol; larger objects go in parts. A write is conditional (<c>If-None-Match: *</c>) whole or in parts;
/// whether the store knows that is tried out at the start, and one that does not is asked before each write whether the object is there, which leaves a moment for another writer. Bodies are signed whole, not chunk by chunk: stores of other makers do not all read the latter.
/// </summary>
internal sealed class S3Store : IObjectStore, IDisposable
{
    /// <summary>Amazon's least is 5 MiB for all parts but the last.</summary>
    private const long PartBytes = 8 << 20;

    private const string NotThere = "*";

    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly string _prefix;

    public S3Store(LiveOptions options)
    {
        var config = new AmazonS3Config { AuthenticationRegion = options.S3Region, MaxErrorRetry = 2, Timeout = TimeSpan.FromMinutes(1) };
        if (options.S3Endpoint.Length > 0) (config.ServiceURL, config.ForcePathStyle) = (options.S3Endpoint, true);
        else config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.S3Region);
        _client = options.S3AccessKey.Length > 0 ? new AmazonS3Client(new BasicAWSCredentials(options.S3AccessKey, options.S3SecretKey), config) : new AmazonS3Client(config);
        _bucket = options.S3Bucket;
        _prefix = options.S3Prefix;
    }

    public bool CreatesAtomically { get; private set; }

    public Task<bool> CreateAsync(string key, string file, CancellationToken stopping) => AskAsync(async () =>
    {
        // A store that knows no conditions has to be asked, and one that does need not be sent the bytes in vain.
        if (await IsThereAsync(key, stopping)) return false;
        try
        {
            if (new FileInfo(file).Length > PartBytes) await WritePartsAsync(key, file, stopping);
            else await _client.PutObjectAsync(Conditional(new PutObjectRequest { BucketName = _bucket, Key = _prefix + key, FilePath = file, UseChunkEncoding = false }), stopping);
            return true;
        }
        catch (AmazonS3Exception e) when (IsTaken(e))
        {
            return false;
        }
    });

    public Task<StoredObject?> OpenAsync(string key, CancellationToken stopping) => AskAsync<StoredObject?>(async () =>
    {
        try
        {
            var got = await _client.GetObjectAsync(_bucket, _prefix + key, stopping);
            return new StoredObject(got.ResponseStream, got.ContentLength);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    });

    public Task DeleteAsync(string prefix, CancellationToken stopping) => AskAsync(async () =>
    {
        while (true)
        {
            var page = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix + prefix }, stopping);
            if (page.S3Objects is not { Count: > 0 } found) return true;
            await _client.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = _bucket, Objects = [.. found.Select(o => new KeyVersion { Key = o.Key })], Quiet = true }, stopping);
        }
    });

    public Task<long> MeasureAsync(string prefix, CancellationToken stopping) => AskAsync(async () =>
    {
        long bytes = 0;
        var ask = new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix + prefix };
        while (true)
        {
            var page = await _client.ListObjectsV2Async(ask, stopping);
            foreach (var found in page.S3Objects ?? []) bytes += found.Size;
            if (page.IsTruncated != true || page.NextContinuationToken is not { Length: > 0 } next) return bytes;
            ask.ContinuationToken = next;
        }
    });

    public async Task CheckAsync(CancellationToken stopping)
    {
        var key = $"{_prefix}.probe-{Guid.NewGuid():N}";
        try
        {
            await _client.PutObjectAsync(Probe(key), stopping);
            using (await _client.GetObjectAsync(_bucket, key, stopping))
            {
            }

            CreatesAtomically = await KnowsConditionsAsync(key, stopping);
            await _client.DeleteObjectAsync(_bucket, key, stopping);
        }
        catch (Exception e) when (IsAway(e))
        {
            throw new IOException($"Gateway:Live:S3Bucket: '{_bucket}' cannot be written and read ({(e as AmazonS3Exception)?.ErrorCode ?? e.GetType().Name}). See S3Endpoint, S3Region, S3AccessKey and S3SecretKey, or turn Gateway:Live:Enabled off.", e);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Whether the store refuses to replace an object, written whole or in parts; one that does not know the condition ignores it, or refuses the request.</summary>
    private async Task<bool> KnowsConditionsAsync(string there, CancellationToken stopping)
    {
        try
        {
            await _client.PutObjectAsync(Conditional(Probe(there)), stopping);
            return false;
        }
        catch (AmazonS3Exception e) when (IsTaken(e))
        {
            // As it should be.
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.BadRequest)
        {
            return false;
        }

        var upload = await _client.InitiateMultipartUploadAsync(_bucket, there, stopping);
        try
        {
            var part = await _client.UploadPartAsync(new UploadPartRequest { BucketName = _bucket, Key = there, UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream([1]), UseChunkEncoding = false }, stopping);
            await _client.CompleteMultipartUploadAsync(Conditional(new CompleteMultipartUploadRequest { BucketName = _bucket, Key = there, UploadId = upload.UploadId, PartETags = [new PartETag(1, part.ETag)] }), stopping);
            return false;
        }
        catch (AmazonS3Exception e) when (IsTaken(e) || e.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.BadRequest)
        {
            await _client.AbortMultipartUploadAsync(_bucket, there, upload.UploadId, stopping);
            return IsTaken(e);
        }
    }

    private PutObjectRequest Probe(string key) => new() { BucketName = _bucket, Key = key, ContentBody = "probe", UseChunkEncoding = false };

    /// <summary>Asks for an object to be made only where there is none. This version of the SDK has no property for it on all requests.</summary>
    private static T Conditional<T>(T request)
        where T : AmazonWebServiceRequest
    {
        ((IAmazonWebServiceRequest)request).AddBeforeRequestHandler(static (_, e) => ((WebServiceRequestEventArgs)e).Headers["If-None-Match"] = NotThere);
        return request;
    }

    /// <summary>412: it is there. A 409 does not say so: another request was under way, which may have been a deletion, or fail itself. That one is tried again, as Amazon asks for.</summary>
    private static bool IsTaken(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.PreconditionFailed;

    private async Task<bool> IsThereAsync(string key, CancellationToken stopping)
    {
        try
        {
            await _client.GetObjectMetadataAsync(_bucket, _prefix + key, stopping);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task WritePartsAsync(string key, string file, CancellationToken stopping)
    {
        var upload = await _client.InitiateMultipartUploadAsync(_bucket, _prefix + key, stopping);
        try
        {
            var tags = new List<PartETag>();
            var length = new FileInfo(file).Length;
            for (long at = 0; at < length; at += PartBytes)
            {
                var part = await _client.UploadPartAsync(new UploadPartRequest
                {
                    BucketName = _bucket,
                    Key = _prefix + key,
                    UploadId = upload.UploadId,
                    PartNumber = tags.Count + 1,
                    FilePath = file,
                    FilePosition = at,
                    PartSize = Math.Min(PartBytes, length - at),
                    UseChunkEncoding = false,
                }, stopping);
                tags.Add(new PartETag(part.PartNumber, part.ETag));
            }

            await _client.CompleteMultipartUploadAsync(Conditional(new CompleteMultipartUploadRequest { BucketName = _bucket, Key = _prefix + key, UploadId = upload.UploadId, PartETags = tags }), stopping);
        }
        catch
        {
            // Parts that nobody completes are paid for and seen by nobody.
            await _client.AbortMultipartUploadAsync(_bucket, _prefix + key, upload.UploadId, CancellationToken.None);
            throw;
        }
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (IsAway(e) && e is not IOException)
        {
            throw new IOException("The object store is away.", e);
        }
    }

    private static bool IsAway(Exception e) => e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException or WebException;
}
