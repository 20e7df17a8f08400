#!/usr/bin/env bash
# Makes the bundled titles below titles/ (ffmpeg 5.1 of Debian 12, DejaVu fonts). Run by hand; its output is committed.
#
# One title lasts 32 s: the shortest span above 24 s that is at once a whole number of 2 s segments (16), of video frames (800 at 25 fps)
# and of AAC frames (1500 at 48 kHz). So a live loop of it has no gap and no overlap, and every loop starts on the same tick of every clock.
#
# Encoding runs on one thread and without time stamps in the files: the same ffmpeg gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")"

readonly seconds=32 segment=2 fps=25 part=0.2
readonly made='2026-01-01T00:00:00Z'
readonly sans=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
readonly mono=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf
readonly quiet=(-hide_banner -loglevel error -nostdin -y)
readonly exact=(-fflags +bitexact -flags +bitexact -map_metadata -1 -threads 1 -filter_threads 1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf titles
mkdir -p titles/demo titles/demo-ts

# --- Picture: a slow gradient, three planets on circles, a flash on every full second, a progress bar, time code and rendition name. ---
# Everything is measured in the picture's height, so that all renditions show the same scene.
picture() { # width height label
  local w=$1 h=$2 label=$3
  local big=$((h / 5)) small=$((h / 16)) ball=$((h / 5 / 2 * 2)) dot=$((h / 9 / 2 * 2)) bar=$((h / 40 / 2 * 2))
  cat <<GRAPH
gradients=s=${w}x${h}:r=${fps}:d=${seconds}:n=3:c0=0x10243f:c1=0x1c5c7a:c2=0x2d1b4e:x0=0:y0=0:x1=${w}:y1=${h}:speed=0.002:seed=7,format=yuv420p[sky];
color=c=0xffb347:s=${ball}x${ball}:r=${fps}:d=${seconds},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(W/2-hypot(X-W/2,Y-H/2),0,1)'[sun];
color=c=0x5ad1b3:s=${dot}x${dot}:r=${fps}:d=${seconds},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(W/2-hypot(X-W/2,Y-H/2),0,1)'[mint];
color=c=0xf0617a:s=${dot}x${dot}:r=${fps}:d=${seconds},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(W/2-hypot(X-W/2,Y-H/2),0,1)'[rose];
color=c=0xffffff:s=${w}x${bar}:r=${fps}:d=${seconds}[bar];
[sky][sun]overlay=x='(W-w)/2+0.62*H*cos(2*PI*t/16)':y='(H-h)/2+0.30*H*sin(2*PI*t/16)'[s1];
[s1][mint]overlay=x='(W-w)/2+0.45*H*cos(PI-2*PI*t/8)':y='(H-h)/2+0.36*H*sin(PI-2*PI*t/8)'[s2];
[s2][rose]overlay=x='(W-w)/2+0.72*H*cos(1+2*PI*t/4)':y='(H-h)/2+0.16*H*sin(1+2*PI*t/4)'[s3];
[s3][bar]overlay=x='-W+W*t/${seconds}':y=H-h[s4];
[s4]drawbox=x=iw-ih/6:y=ih/14:w=ih/10:h=ih/10:color=white:t=fill:enable='lt(mod(t,1),0.12)',
drawtext=fontfile=${mono}:timecode='00\\:00\\:00\\:00':r=${fps}:fontsize=${big}:fontcolor=white:borderw=$((h / 180 + 1)):bordercolor=0x00000099:x=(w-tw)/2:y=(h-th)/2,
drawtext=fontfile=${sans}:text='${label}':fontsize=${small}:fontcolor=white:x=h/14:y=h/14:box=1:boxcolor=0x00000066:boxborderw=$((h / 60)),
format=yuv420p[picture]
GRAPH
}

encode_video() { # name width height crf peak-kbps profile level label
  local name=$1 w=$2 h=$3 crf=$4 peak=$5 profile=$6 level=$7 label=$8
  # No B frames: decode order is display order, so neither edit lists nor composition offsets shift the first frame away from zero.
  ffmpeg "${quiet[@]}" -filter_complex "$(picture "$w" "$h" "$label")" -map '[picture]' "${exact[@]}" \
    -c:v libx264 -preset slow -profile:v "$profile" -level "$level" -pix_fmt yuv420p -bf 0 \
    -crf "$crf" -maxrate "${peak}k" -bufsize "$((peak * 2))k" \
    -x264-params "keyint=$((fps * segment)):min-keyint=$((fps * segment)):scenecut=0:open-gop=0" \
    -color_primaries bt709 -color_trc bt709 -colorspace bt709 "$work/$name.mp4"
}

# --- Sound: one plucked note a second, an eight-note figure, with a bell on the first. ---
# The first AAC frame holds only the encoder's run-in (1024 samples); starting the source 1024 samples late puts every note back on its second.
encode_audio() { # name kbps
  local pitch='if(eq(mod(floor(t),8),0),220,if(eq(mod(floor(t),8),1),261.63,if(eq(mod(floor(t),8),2),293.66,if(eq(mod(floor(t),8),3),329.63,if(eq(mod(floor(t),8),4),392,if(eq(mod(floor(t),8),5),329.63,if(eq(mod(floor(t),8),6),293.66,261.63)))))))'
  local pluck='min(1,200*mod(t,1))*exp(-4*mod(t,1))*clip(20*(0.97-mod(t,1)),0,1)'
  local tone="0.45*sin(2*PI*mod(t,1)*($pitch))*$pluck+0.15*sin(4*PI*mod(t,1)*($pitch))*$pluck"
  local bell="0.2*lt(mod(t,8),1)*sin(2*PI*mod(t,1)*880)*$pluck"
  ffmpeg "${quiet[@]}" -f lavfi -i "aevalsrc=exprs='$tone+$bell|$tone-$bell':s=48000:d=$((seconds + 1))" \
    -af 'atrim=start_sample=1024,asetpts=N' "${exact[@]}" -c:a aac -b:a "${2}k" -frames:a $((seconds * 48000 / 1024)) -f adts "$work/$1.aac"
}

# --- Packaging ---
# CMAF: one moof+mdat per 0.2 s, so that the same segments serve low-latency parts; no sidx, so that tfdt alone tells a segment's time.
package_cmaf() { # folder source timescale
  mkdir -p "titles/demo/$1"
  ffmpeg "${quiet[@]}" -i "$2" -map 0 -c copy "${exact[@]}" -f dash -streaming 1 -seg_duration "$segment" \
    -frag_type duration -frag_duration "$part" -use_template 1 -use_timeline 0 \
    -init_seg_name init.mp4 -media_seg_name 'seg_$Number%05d$.m4s' \
    -format_options "movflags=+cmaf:video_track_timescale=$3" "$work/unused.mpd"
  mv "$work"/init.mp4 "$work"/seg_*.m4s "titles/demo/$1/"
}

package_ts() { # folder video audio
  mkdir -p "titles/demo-ts/$1"
  ffmpeg "${quiet[@]}" -i "$2" -i "$3" -map 0:v -map 1:a -c copy "${exact[@]}" -muxdelay 0 -muxpreload 0 -f hls -hls_time "$segment" \
    -hls_playlist_type vod -hls_segment_filename "titles/demo-ts/$1/seg_%05d.ts" -start_number 1 "titles/demo-ts/$1/index.m3u8"
}

# Bits per second of the largest segment (BANDWIDTH is a peak) and of all of them.
peak_rate() { stat -c %s "$1"/seg_* | sort -n | tail -1 | awk -v s="$segment" '{ printf "%d", $1 * 8 / s + 0.999 }'; }
mean_rate() { stat -c %s "$1"/seg_* | awk -v s="$seconds" '{ n += $1 } END { printf "%d", n * 8 / s + 0.999 }'; }

# RFC 6381 name from the avcC box: profile, constraint flags, level.
avc_codec() {
  local at; at=$(LC_ALL=C grep -aobm1 avcC "$1" | head -1 | cut -d: -f1)
  printf 'avc1.%s' "$(od -An -tx1 -j$((at + 5)) -N3 "$1" | tr -d ' \n')"
}

# Ticks of each segment: it ends with the first frame that reaches the next even second.
segment_ticks() { # timescale ticks-per-frame
  awk -v scale="$1" -v frame="$2" -v s="$segment" -v count="$((seconds / segment))" 'BEGIN {
    for (i = 1; i <= count; i++) { end = s * scale * i / frame; end = (end > int(end)) ? int(end) + 1 : end; print (end - start) * frame; start = end } }'
}

# SegmentTimeline rather than a duration: audio segments differ by a frame, and ffmpeg asks for one segment too many where it has to divide.
timeline() { # timescale ticks-per-frame
  segment_ticks "$@" | uniq -c | awk '{ printf "          <S %sd=\"%d\"%s/>\n", (NR == 1 ? "t=\"0\" " : ""), $2, ($1 > 1 ? " r=\"" $1 - 1 "\"" : "") }'
}

media_playlist() { # folder timescale ticks-per-frame
  echo '#EXTM3U'
  echo '#EXT-X-VERSION:7'
  echo "#EXT-X-TARGETDURATION:$segment"
  echo '#EXT-X-MEDIA-SEQUENCE:1'
  echo '#EXT-X-PLAYLIST-TYPE:VOD'
  echo '#EXT-X-INDEPENDENT-SEGMENTS'
  echo '#EXT-X-MAP:URI="init.mp4"'
  paste -d ' ' <(segment_ticks "$2" "$3") <(cd "$1" && ls seg_*.m4s) | awk -v scale="$2" '{ printf "#EXTINF:%.6f,\n%s\n", $1 / scale, $2 }'
  echo '#EXT-X-ENDLIST'
}

demo_manifests() {
  local audio_peak audio_mean v size codec
  audio_peak=$(peak_rate titles/demo/a64) audio_mean=$(mean_rate titles/demo/a64)
  media_playlist titles/demo/a64 48000 1024 >titles/demo/a64/index.m3u8
  {
    echo '#EXTM3U'
    echo '#EXT-X-VERSION:7'
    echo '#EXT-X-INDEPENDENT-SEGMENTS'
    echo
    echo '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Melody",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a64/index.m3u8"'
    echo
    for v in "$@"; do
      media_playlist "titles/demo/${v%%:*}" 90000 3600 >"titles/demo/${v%%:*}/index.m3u8"
      echo "#EXT-X-STREAM-INF:BANDWIDTH=$(($(peak_rate "titles/demo/${v%%:*}") + audio_peak)),AVERAGE-BANDWIDTH=$(($(mean_rate "titles/demo/${v%%:*}") + audio_mean)),CODECS=\"$(avc_codec "titles/demo/${v%%:*}/init.mp4"),mp4a.40.2\",RESOLUTION=${v##*:},FRAME-RATE=$fps.000,AUDIO=\"sound\""
      echo "${v%%:*}/index.m3u8"
    done
  } >titles/demo/master.m3u8
  {
    cat <<XML
<?xml version="1.0" encoding="utf-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT${seconds}S" maxSegmentDuration="PT${segment}.1S" minBufferTime="PT4S">
  <Period id="p0" start="PT0S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1" par="16:9" frameRate="$fps" maxWidth="1280" maxHeight="720">
      <SegmentTemplate timescale="90000" startNumber="1" initialization="\$RepresentationID\$/init.mp4" media="\$RepresentationID\$/seg_\$Number%05d\$.m4s">
        <SegmentTimeline>
$(timeline 90000 3600)
        </SegmentTimeline>
      </SegmentTemplate>
XML
    for v in "$@"; do
      size=${v##*:} codec=$(avc_codec "titles/demo/${v%%:*}/init.mp4")
      echo "      <Representation id=\"${v%%:*}\" bandwidth=\"$(peak_rate "titles/demo/${v%%:*}")\" codecs=\"$codec\" width=\"${size%x*}\" height=\"${size#*x}\" sar=\"1:1\"/>"
    done
    cat <<XML
    </AdaptationSet>
    <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="48000" startNumber="1" initialization="\$RepresentationID\$/init.mp4" media="\$RepresentationID\$/seg_\$Number%05d\$.m4s">
        <SegmentTimeline>
$(timeline 48000 1024)
        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="a64" bandwidth="$audio_peak" codecs="mp4a.40.2" audioSamplingRate="48000">
        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
XML
  } >titles/demo/manifest.mpd
}

ts_manifest() {
  echo '#EXTM3U'
  echo '#EXT-X-VERSION:3'
  for v in "$@"; do
    echo "#EXT-X-STREAM-INF:BANDWIDTH=$(peak_rate "titles/demo-ts/${v%%:*}"),AVERAGE-BANDWIDTH=$(mean_rate "titles/demo-ts/${v%%:*}"),CODECS=\"avc1.4d401e,mp4a.40.2\",RESOLUTION=${v##*:},FRAME-RATE=$fps.000"
    echo "${v%%:*}/index.m3u8"
  done
}

card() { # name made: what the title list shows, and the Last-Modified of every file of the title
  printf '{ "name": "%s", "made": "%s" }\n' "$1" "$made"
}

encode_audio a64 64
encode_audio a48 48
encode_video v720 1280 720 19 800 high 3.1 'demo · 720p'
encode_video v480 854 480 22 400 main 3.0 'demo · 480p'
encode_video v360 640 360 26 200 main 3.0 'demo · 360p'
encode_video t360 640 360 26 200 main 3.0 'demo-ts · 360p'
encode_video t270 480 270 32 120 main 3.0 'demo-ts · 270p'
encode_video t180 320 180 36 70 main 3.0 'demo-ts · 180p'

for v in v720 v480 v360; do package_cmaf "$v" "$work/$v.mp4" 90000; done
package_cmaf a64 "$work/a64.aac" 48000
demo_manifests v720:1280x720 v480:854x480 v360:640x360
ffmpeg "${quiet[@]}" -i "$work/v360.mp4" -i "$work/a64.aac" -map 0:v -map 1:a -c copy "${exact[@]}" -movflags +faststart titles/demo/direct.mp4
card 'Three planets' >titles/demo/title.json

for v in 360 270 180; do package_ts "v$v" "$work/t$v.mp4" "$work/a48.aac"; done
ts_manifest v360:640x360 v270:480x270 v180:320x180 >titles/demo-ts/master.m3u8
card 'Three planets (MPEG-TS)' >titles/demo-ts/title.json

du -sb titles/* titles/demo/* titles/demo-ts/*
