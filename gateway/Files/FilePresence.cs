using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Media;
using Microsoft.Extensions.Caching.Memory;

namespace Gateway.Files;

/// <summary>
/// Whether files are there, by a HEAD to their origin that is shared by all who want to know, and remembered for <see cref="FilesOptions.PresenceLifetime"/>. What the origin did not
/// answer is told as absent, and not remembered.
/// </summary>
/// <remarks>
/// Thread-safe. A question outlives whoever asked first: it has the limits of every request upstream, and nobody's cancellation. The lock protects the look-up and the entry of a question,
/// so that there is one for each file; nothing is sent under it.
/// </remarks>
internal sealed class FilePresence(MediaCache cache, FilesOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Files remembered at most; names that clients invent must not fill memory.</summary>
    private const int MostFiles = 10_000;

    private readonly Lock _gate = new();
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MostFiles });

    /// <summary>Whether a file is there, as far as its origin says.</summary>
    public async Task<bool> IsThereAsync(MediaAddress address, CancellationToken leaving)
    {
        Question question;
        lock (_gate)
        {
            if (!_known.TryGetValue(address, out Question? known) || known!.IsOverAt(time, options.PresenceLifetime))
            {
                known = new Question(time.GetTimestamp());
                known.Begin(() => AskAsync(address));
                _known.Set(address, known, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = options.PresenceLifetime + TimeSpan.FromMinutes(1) });
            }

            question = known;
        }

        return await question.Answer.WaitAsync(leaving) == true;
    }

    public void Dispose() => _known.Dispose();

    /// <returns>Null where the origin did not say.</returns>
    private async Task<bool?> AskAsync(MediaAddress address)
    {
        using var reply = await cache.OpenAsync(new CacheRequest { Address = address, HeadOnly = true, Rules = StorageRules.Media }, CancellationToken.None);
        if (reply.Failure is not null || reply.Head.Status >= 500) return null;
        return reply.Head.Status is >= 200 and < 300;
    }

    /// <param name="asked">Timestamp.</param>
    private sealed class Question(long asked)
    {
        private volatile bool _isUnanswered;

        /// <summary>True or false as the origin said; null where it did not.</summary>
        public Task<bool?> Answer { get; private set; } = Task.FromResult<bool?>(null);

        public void Begin(Func<Task<bool?>> ask) => Answer = Task.Run(async () =>
        {
            bool? answer = null;
            try
            {
                return answer = await ask();
            }
            finally
            {
                _isUnanswered = answer is null;
            }
        });

        public bool IsOverAt(TimeProvider time, TimeSpan lifetime) => _isUnanswered || (Answer.IsCompleted && time.GetElapsedTime(asked) > lifetime);
    }
}
