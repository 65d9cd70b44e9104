/** The configuration that `ops init` begins with. */

/** A file with one session to try, and what else there can be in comments. */
export const STARTER =
  `# What ops looks after: "ops up" starts it, "ops down" stops it, "ops list" shows
# it. "ops config check" tells what is wrong here, and "ops start --help" and
# "ops config schema" what else there can be.
#
# A # with a space after it is a remark; a # without one takes an option out of
# use.

ops:
  # Names: letters, digits, _ and -, a letter first.
  sessions:
    # Something to try: "ops up", "ops logs -f ticker", "ops down".
    ticker:
      # A text is run by sh; a list is the exact program and its arguments.
      command: while date; do sleep 1; done

    # A program in a tmux session.
    #bot:
      #command: [python3, -u, bot.py]
      # Relative to this file; ~ is the home folder.
      #working_dir: ./bot
      # Texts and numbers; quote true, false, yes and the like.
      #env:
        #BOT_MODE: paper
      # no, on-failure, on-failure:N (N times at most), always, unless-stopped.
      #restart: on-failure:5
      # How many seconds a stop lets it clean up.
      #stop_timeout: 30
      # What is started before it.
      #depends_on: [db]

    # A container of Podman or Docker.
    #db:
      #image: docker.io/library/postgres:17
      # [address:][host:]container[/protocol]
      #ports: ["127.0.0.1:5432:5432"]
      # host:container[:options]; without a slash or dot in front, a volume.
      #volumes: ["db-data:/var/lib/postgresql/data"]
      #restart: unless-stopped
`;
