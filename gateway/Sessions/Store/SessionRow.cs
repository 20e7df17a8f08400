using Gateway.Access.Tickets;
using Gateway.Media;
using Gateway.Rollout;
using Gateway.Rollout.Cohorts;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Npgsql;

namespace Gateway.Sessions.Store;

/// <summary>A session as the session store knows it.</summary>
internal sealed record SessionRow
{
    public required Ticket Ticket { get; init; }

    public required MediaAddress Entry { get; init; }

    public required SessionParameters Parameters { get; init; }

    public double PositionSec { get; init; }

    /// <inheritdoc cref="PlayheadSnapshot.PositionAt"/>
    public DateTimeOffset PositionAt { get; init; }

    public bool IsPlaying { get; init; }

    public bool Ended { get; init; }

    public SessionEnding Ending { get; init; }

    /// <summary>Reads the columns of <see cref="StoreStatements.Find"/>; null for a session that nobody can go on with.</summary>
    public static SessionRow? Read(NpgsqlDataReader reader, TicketSigner signer)
    {
        // A ticket of a key that has left the ring opens nothing any more, and neither does its session.
        signer.Verify(reader.GetString(0), out var ticket);
        if (ticket is null) return null;
        return new SessionRow
        {
            Ticket = ticket,
            Entry = new MediaAddress(reader.GetString(1), reader.GetString(2), string.Empty),
            Parameters = new SessionParameters
            {
                MediaId = reader.GetString(3),
                Engine = (PlaybackEngine)reader.GetInt16(4),
                Quality = (PlaybackQuality)reader.GetInt16(5),
                GroupId = reader.IsDBNull(6) ? null : reader.GetString(6),
                DeviceId = reader.IsDBNull(7) ? null : reader.GetString(7),
                Previous = reader.IsDBNull(8) ? null : reader.GetGuid(8),
                MaxStreams = reader.GetInt32(9),
                MaxKbps = reader.GetInt32(10),
                LadderKbps = ticket.MaxKbps,
                Media = ticket.Grant,
                IsAuto = ticket.IsAuto,
                Prewarmed = reader.GetBoolean(11),
                Wave = reader.GetInt32(17),
                Arm = (RolloutArm)reader.GetInt16(18),
            },
            PositionSec = reader.GetDouble(12),
            PositionAt = reader.GetFieldValue<DateTimeOffset>(16),
            IsPlaying = reader.GetBoolean(13),
            Ended = reader.GetBoolean(14),
            Ending = reader.IsDBNull(15) ? default : (SessionEnding)reader.GetInt16(15),
        };
    }
}
